import { FallOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/drift",
  title: ["Drift and decay", "漂移与衰减"],
  group: "governance",
  icon: <FallOutlined />,
  needs: "drift.show",
  needsVerb: ["drift", "show"],
  view: lazy(() => import("./view")),
};
