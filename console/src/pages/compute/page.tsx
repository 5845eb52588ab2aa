import { CloudServerOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/compute",
  title: ["Compute", "算力"],
  group: "governance",
  icon: <CloudServerOutlined />,
  needs: "compute.quotas",
  needsVerb: ["compute", "quotas"],
  shortcut: "c",
  view: lazy(() => import("./view")),
};
