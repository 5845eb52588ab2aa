import { ExperimentOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/experiments",
  title: ["Experiments", "实验"],
  group: "models",
  icon: <ExperimentOutlined />,
  needs: "experiment.list",
  needsVerb: ["experiment", "list"],
  shortcut: "x",
  view: lazy(() => import("./view")),
};
