// A back-test comes in steps, each a sum over some of the history; together they are the sum over all of it.
export type Group = { applications: number; labelled: number; bad: number };
export type Swap = { both: Group; neither: Group; only_policy: Group; only_against: Group };
export type RuleChange = { owner: string; id: string; words: string; rule_in_policy?: number; rule_in_against?: number; hits_in_policy: number; hits_in_against: number };
export type Backtest = {
  swap: Swap;
  segments: { by: string; value: string; swap: Swap }[];
  rules: RuleChange[];
  decisions: { decision: string; changed: number }[];
  undecided_by_policy: number;
  undecided_by_against: number;
  undecided: string[];
  of_other_permits: number;
  erased: number;
  walked: number;
  total: number;
  walked_until: number;
  next?: string;
  champion: string;
  at: string;
};

const groups = ["both", "neither", "only_policy", "only_against"] as const;
const undecidedShown = 20;

export function addGroup(a: Group, b: Group): Group {
  return { applications: a.applications + b.applications, labelled: a.labelled + b.labelled, bad: a.bad + b.bad };
}

export function addSwap(a: Swap, b: Swap): Swap {
  return Object.fromEntries(groups.map((name) => [name, addGroup(a[name], b[name])])) as Swap;
}

// Throws when the permit in force changed between two steps: their sum would mean nothing.
export function addStep(sum: Backtest | undefined, step: Backtest): Backtest {
  if (!sum) return step;
  if (sum.champion !== step.champion) throw new Error("another permit came into force while this ran; run it again");
  const segments = new Map(sum.segments.map((one) => [`${one.by}\n${one.value}`, one]));
  for (const one of step.segments) {
    const key = `${one.by}\n${one.value}`;
    const was = segments.get(key);
    segments.set(key, was ? { ...was, swap: addSwap(was.swap, one.swap) } : one);
  }
  const changed = new Map(sum.decisions.map((one) => [one.decision, one.changed]));
  for (const one of step.decisions) changed.set(one.decision, (changed.get(one.decision) ?? 0) + one.changed);
  return {
    ...step,
    swap: addSwap(sum.swap, step.swap),
    segments: [...segments.values()],
    rules: sum.rules.map((rule, i) => ({
      ...rule,
      hits_in_policy: rule.hits_in_policy + (step.rules[i]?.hits_in_policy ?? 0),
      hits_in_against: rule.hits_in_against + (step.rules[i]?.hits_in_against ?? 0),
    })),
    decisions: [...changed].map(([decision, count]) => ({ decision, changed: count })),
    undecided_by_policy: sum.undecided_by_policy + step.undecided_by_policy,
    undecided_by_against: sum.undecided_by_against + step.undecided_by_against,
    undecided: [...sum.undecided, ...step.undecided].slice(0, undecidedShown),
    of_other_permits: sum.of_other_permits + step.of_other_permits,
    erased: sum.erased + step.erased,
    walked: sum.walked + step.walked,
  };
}

export function approved(swap: Swap, by: "policy" | "against"): Group {
  return addGroup(swap.both, by === "policy" ? swap.only_policy : swap.only_against);
}

export function applications(swap: Swap): number {
  return groups.reduce((sum, name) => sum + swap[name].applications, 0);
}

// Absent where nobody's end is known.
export function badRate(group: Group): number | undefined {
  return group.labelled === 0 ? undefined : group.bad / group.labelled;
}
