import { describe, expect, it } from "vitest";
import { addStep, applications, approved, badRate, type Backtest } from "./backtest_sum";

const group = (applications: number, labelled = 0, bad = 0) => ({ applications, labelled, bad });
const step = (out: number, inside: number, more: Partial<Backtest> = {}): Backtest => ({
  swap: { both: group(10, 5, 1), neither: group(3), only_policy: group(out, 2, 2), only_against: group(inside) },
  segments: [{ by: "channel", value: "app", swap: { both: group(1), neither: group(0), only_policy: group(out), only_against: group(0) } }],
  rules: [{ owner: "Admission", id: "r1", words: "…", hits_in_policy: 2, hits_in_against: 3 }],
  decisions: [{ decision: "Outcome", changed: out + inside }],
  undecided_by_policy: 0, undecided_by_against: 1, undecided: ["record 1"], of_other_permits: 0, erased: 2,
  walked: 20, total: 40, walked_until: 20, champion: "c", at: "2026-01-01T00:00:00Z", ...more,
});

describe("a back-test in steps", () => {
  it("is the sum of its steps", () => {
    const sum = addStep(addStep(undefined, step(4, 1)), step(6, 0, { segments: [{ by: "channel", value: "branch", swap: step(0, 0).swap }] }));
    expect(sum.swap.only_policy).toEqual(group(10, 4, 4));
    expect(applications(sum.swap)).toBe(37);
    expect(approved(sum.swap, "policy")).toEqual(group(30, 14, 6));
    expect(sum.segments.map((one) => one.value)).toEqual(["app", "branch"]);
    expect(sum.rules[0]).toMatchObject({ hits_in_policy: 4, hits_in_against: 6 });
    expect(sum.decisions).toEqual([{ decision: "Outcome", changed: 11 }]);
    expect(sum.erased).toBe(4);
  });
  it("does not add up steps of two champions", () => {
    expect(() => addStep(step(1, 1), step(1, 1, { champion: "d" }))).toThrow(/another permit/);
  });
  it("has no bad rate where no end is known", () => {
    expect(badRate(group(9))).toBeUndefined();
    expect(badRate(group(9, 4, 1))).toBe(0.25);
  });
});
