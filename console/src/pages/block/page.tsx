import { AppstoreOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/blocks",
  title: ["Block of the heat map", "热力图区块"],
  group: "overview",
  icon: <AppstoreOutlined />,
  needs: "heatmap.block",
  needsVerb: ["heatmap", "block"],
  inMenu: false,
  view: lazy(() => import("./view")),
};
