import { PartitionOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/policies",
  title: ["Policies", "策略"],
  group: "policies",
  icon: <PartitionOutlined />,
  needs: "draft.list",
  needsVerb: ["draft", "list"],
  shortcut: "w",
  view: lazy(() => import("./view")),
};
