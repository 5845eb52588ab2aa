import { DatabaseOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/inventory",
  title: ["Inventory", "资产清单"],
  group: "governance",
  icon: <DatabaseOutlined />,
  needs: "inventory.list",
  needsVerb: ["inventory", "list"],
  shortcut: "n",
  view: lazy(() => import("./view")),
};
