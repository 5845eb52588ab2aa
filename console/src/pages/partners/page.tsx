import { ShareAltOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/partners",
  title: ["Partners", "合作机构"],
  group: "federation",
  icon: <ShareAltOutlined />,
  needs: "federation.partners",
  needsVerb: ["federation", "partners"],
  view: lazy(() => import("./view")),
};
