import { ShopOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/products",
  title: ["Products", "产品"],
  group: "lending",
  icon: <ShopOutlined />,
  needs: "lending.products",
  needsVerb: ["lending", "products"],
  view: lazy(() => import("./view")),
};
