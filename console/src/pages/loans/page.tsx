import { AccountBookOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/loans",
  title: ["Loans", "贷款"],
  group: "lending",
  icon: <AccountBookOutlined />,
  needs: "lending.loan",
  needsVerb: ["lending", "loan"],
  shortcut: "l",
  view: lazy(() => import("./view")),
};
