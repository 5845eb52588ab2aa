import { SolutionOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/subjects",
  title: ["Rights and reviews", "权利请求与复核"],
  group: "decisions",
  icon: <SolutionOutlined />,
  needs: "subject.list",
  needsVerb: ["subject", "list"],
  shortcut: "r",
  view: lazy(() => import("./view")),
};
