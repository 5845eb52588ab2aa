import { TeamOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/users",
  title: ["Users and roles", "用户与角色"],
  group: "people",
  icon: <TeamOutlined />,
  needs: "user.list",
  needsVerb: ["user", "list"],
  shortcut: "u",
  view: lazy(() => import("./view")),
};
