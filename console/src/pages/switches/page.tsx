import { StopOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/switches",
  title: ["Kill switches", "停用开关"],
  group: "governance",
  icon: <StopOutlined />,
  needs: "switch.list",
  needsVerb: ["switch", "list"],
  shortcut: "k",
  view: lazy(() => import("./view")),
};
