import { SwapOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/shadow",
  title: ["Shadow comparison", "影子策略比较"],
  group: "guard",
  icon: <SwapOutlined />,
  needs: "fraud.shadow",
  needsVerb: ["fraud", "shadow"],
  view: lazy(() => import("./view")),
};
