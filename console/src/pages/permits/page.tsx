import { SafetyCertificateOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/permits",
  title: ["Permits", "许可"],
  group: "governance",
  icon: <SafetyCertificateOutlined />,
  needs: "proposal.list",
  needsVerb: ["proposal", "list"],
  shortcut: "p",
  view: lazy(() => import("./view")),
};
