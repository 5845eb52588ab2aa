import { AuditOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/screening",
  title: ["Screening", "名单筛查"],
  group: "guard",
  icon: <AuditOutlined />,
  needs: "aml.matches",
  needsVerb: ["aml", "matches"],
  view: lazy(() => import("./view")),
};
