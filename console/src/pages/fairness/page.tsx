import { TeamOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/fairness",
  title: ["Fairness", "公平性"],
  group: "governance",
  icon: <TeamOutlined />,
  needs: "fairness.show",
  needsVerb: ["fairness", "show"],
  view: lazy(() => import("./view")),
};
