import { ApartmentOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/federation",
  title: ["Joint jobs", "联合任务"],
  group: "federation",
  icon: <ApartmentOutlined />,
  needs: "federation.jobs",
  needsVerb: ["federation", "jobs"],
  view: lazy(() => import("./view")),
};
