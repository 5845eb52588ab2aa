// Every page of the console: one folder in src/pages, one line here.
import { page as overview } from "./pages/overview/page";
import type { Page } from "./shell/page";

export const pages: readonly Page[] = [
  overview,
];
