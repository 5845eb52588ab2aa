import { FileSearchOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/decisions",
  title: ["Decisions", "决策"],
  group: "decisions",
  icon: <FileSearchOutlined />,
  needs: "decision.find",
  needsVerb: ["decision", "find"],
  shortcut: "d",
  view: lazy(() => import("./view")),
};
