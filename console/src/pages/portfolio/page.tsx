import { PieChartOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/portfolio",
  title: ["Portfolio", "资产组合"],
  group: "lending",
  icon: <PieChartOutlined />,
  needs: "lending.portfolio",
  needsVerb: ["lending", "portfolio"],
  view: lazy(() => import("./view")),
};
