// Every page of the console: one folder in src/pages, one line here.
import { page as account } from "./pages/account/page";
import { page as apply } from "./pages/apply/page";
import { page as audit } from "./pages/audit/page";
import { page as block } from "./pages/block/page";
import { page as cases } from "./pages/cases/page";
import { page as compute } from "./pages/compute/page";
import { page as decisions } from "./pages/decisions/page";
import { page as drift } from "./pages/drift/page";
import { page as experiments } from "./pages/experiments/page";
import { page as fairness } from "./pages/fairness/page";
import { page as federation } from "./pages/federation/page";
import { page as incidents } from "./pages/incidents/page";
import { page as inventory } from "./pages/inventory/page";
import { page as loans } from "./pages/loans/page";
import { page as models } from "./pages/models/page";
import { page as overview } from "./pages/overview/page";
import { page as partners } from "./pages/partners/page";
import { page as payments } from "./pages/payments/page";
import { page as permits } from "./pages/permits/page";
import { page as policies } from "./pages/policies/page";
import { page as portfolio } from "./pages/portfolio/page";
import { page as products } from "./pages/products/page";
import { page as promotion } from "./pages/promotion/page";
import { page as screening } from "./pages/screening/page";
import { page as shadow } from "./pages/shadow/page";
import { page as subjects } from "./pages/subjects/page";
import { page as switches } from "./pages/switches/page";
import { page as users } from "./pages/users/page";
import type { Page } from "./shell/page";

export const pages: readonly Page[] = [
  overview,
  block,
  decisions,
  subjects,
  policies,
  models,
  experiments,
  products,
  apply,
  loans,
  portfolio,
  cases,
  payments,
  screening,
  shadow,
  federation,
  partners,
  permits,
  inventory,
  promotion,
  drift,
  fairness,
  incidents,
  switches,
  audit,
  compute,
  users,
  account,
];
