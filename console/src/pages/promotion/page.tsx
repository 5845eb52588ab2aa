import { RocketOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/promotions",
  title: ["Promotion", "升级发布"],
  group: "governance",
  icon: <RocketOutlined />,
  needs: "promotion.list",
  needsVerb: ["promotion", "list"],
  view: lazy(() => import("./view")),
};
