import { UserOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/account",
  title: ["My account", "我的账户"],
  group: "people",
  icon: <UserOutlined />,
  needs: null,
  view: lazy(() => import("./view")),
};
