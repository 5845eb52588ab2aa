import { AlertOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/incidents",
  title: ["Alerts and incidents", "预警与事件"],
  group: "governance",
  icon: <AlertOutlined />,
  needs: "alert.list",
  needsVerb: ["alert", "list"],
  shortcut: "i",
  view: lazy(() => import("./view")),
};
