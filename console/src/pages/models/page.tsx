import { FunctionOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/models",
  title: ["Models", "模型"],
  group: "models",
  icon: <FunctionOutlined />,
  needs: "model.show",
  needsVerb: ["model", "show"],
  shortcut: "m",
  view: lazy(() => import("./view")),
};
