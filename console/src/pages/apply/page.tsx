import { FormOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/apply",
  title: ["Apply", "申请"],
  group: "lending",
  icon: <FormOutlined />,
  needs: "lending.apply",
  needsVerb: ["lending", "apply"],
  view: lazy(() => import("./view")),
};
