import { AppstoreOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/",
  title: ["Overview", "总览"],
  group: "overview",
  icon: <AppstoreOutlined />,
  needs: null,
  shortcut: "o",
  view: lazy(() => import("./view")),
};
