import { CreditCardOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Page } from "../../shell/page";

export const page: Page = {
  path: "/payments",
  title: ["Payments", "交易"],
  group: "guard",
  icon: <CreditCardOutlined />,
  needs: "fraud.payments",
  needsVerb: ["fraud", "payments"],
  view: lazy(() => import("./view")),
};
