import { FlagOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/cases",
  title: ["Alerts and cases", "预警与案件"],
  group: "guard",
  icon: <FlagOutlined />,
  needs: "case.queue",
  needsVerb: ["case", "queue"],
  shortcut: "c",
  view: lazy(() => import("./view")),
};
