// A page of the console: one folder in src/pages, one line in src/pages.ts. Loaded when it is opened.
import type { ComponentType, LazyExoticComponent, ReactNode } from "react";
import type { Said } from "../words/said";

export type Group = "overview" | "decisions" | "policies" | "models" | "lending" | "guard" | "federation" | "governance" | "people";

export type Page = {
  path: string; // "/decisions"; the view gets everything below it too and may hold <Routes> of its own
  title: Said;
  group: Group;
  icon: ReactNode;
  needs: string | null; // the permission without which the menu does not show it; null: everybody signed in
  needsVerb?: readonly [noun: string, verb: string]; // shown only where the server knows this verb
  shortcut?: string; // with "g" before it: "d" means g d
  inMenu?: boolean; // default true
  view: LazyExoticComponent<ComponentType>;
};
