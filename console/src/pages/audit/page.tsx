import { AuditOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/audit",
  title: ["Audit and evidence", "审计与证据"],
  group: "governance",
  icon: <AuditOutlined />,
  needs: "audit.nights",
  needsVerb: ["audit", "nights"],
  shortcut: "a",
  view: lazy(() => import("./view")),
};
