import { afterEach, describe, expect, it, vi } from "vitest";
import { act, ask, askLong, holdCsrf, onSessionEnd, queryOf } from "./client";
import { Problem } from "./problem";
import { mayDo } from "./session";

type Call = { path: string; init: RequestInit };
const calls: Call[] = [];

function serve(...answers: (unknown | Error | [number, unknown])[]) {
  calls.length = 0;
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    calls.push({ path, init });
    const answer = answers[Math.min(calls.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    const [status, body] = Array.isArray(answer) ? (answer as [number, unknown]) : [200, answer];
    return new Response(JSON.stringify(body), { status });
  });
}
const headers = (i: number) => calls[i]!.init.headers as Record<string, string>;

afterEach(() => {
  vi.unstubAllGlobals();
  onSessionEnd(undefined);
  holdCsrf("");
});

describe("the client", () => {
  it("asks short plain questions by GET and others by POST", async () => {
    serve({});
    await ask("decision", "find", { outcome: "refuse", tags: ["a", "b"], empty: "" });
    expect(calls[0]!.path).toBe("/v1/decision/find?outcome=refuse&tags=a&tags=b");
    await ask("policy", "table export", { facts: { age: 41 } });
    expect(calls[1]!.path).toBe("/v1/policy/table/export");
    expect(calls[1]!.init.method).toBe("POST");
    expect(queryOf({ text: "x".repeat(3000) })).toBeUndefined();
  });

  it("repeats a read when the connection breaks", async () => {
    serve(new TypeError("cut"), { rows: 1 });
    expect(await ask("a", "b")).toEqual({ rows: 1 });
    expect(calls.length).toBe(2);
  });

  it("never repeats a write by itself, and says that its outcome is not known", async () => {
    serve(new TypeError("cut"));
    const lost = await act("a", "b", {}, { key: "k1" }).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(Problem);
    expect(lost).toMatchObject({ kind: "outcome_unknown", repeatKey: "k1" });
    expect(calls.length).toBe(1);
  });

  it("sends the forgery guard and the repeat key with writes, and neither with reads", async () => {
    serve({});
    holdCsrf("c1");
    await act("a", "b", { x: 1 }, { key: "k1" });
    expect(headers(0)["X-Puhui-Csrf"]).toBe("c1");
    expect(headers(0)["Idempotency-Key"]).toBe("k1");
    await ask("a", "b");
    expect(headers(1)["X-Puhui-Csrf"]).toBeUndefined();
  });

  it("waits for signing in when a session has ended, then sends the same with the new guard", async () => {
    serve([401, { type: "urn:puhui:problem:session_expired", detail: "ended", faults: [] }], { done: true });
    onSessionEnd(async () => holdCsrf("c2"));
    expect(await act("a", "b", { x: 1 }, { key: "k1" })).toEqual({ done: true });
    expect(headers(1)["Idempotency-Key"]).toBe("k1");
    expect(headers(1)["X-Puhui-Csrf"]).toBe("c2");
  });

  it("tells a refusal with all its faults", async () => {
    serve([409, { type: "urn:puhui:problem:conflict", detail: "stale", instance: "r1", faults: [{ where: "seen", message: "stale" }] }]);
    await expect(act("a", "b")).rejects.toMatchObject({
      kind: "conflict", request: "r1", faults: [{ where: "seen", message: "stale" }],
    });
  });

  it("follows a job to its answer, and its problem", async () => {
    const steps: number[] = [];
    serve([202, { job: "j1" }], { state: "running", done: 1, total: 2 }, { state: "done", done: 2, total: 2, answer: { ok: 1 } });
    expect(await askLong("a", "b", {}, { onProgress: (p) => steps.push(p.done) })).toEqual({ ok: 1 });
    expect(steps).toEqual([1, 2]);
    expect(headers(0).Prefer).toBe("respond-async");
    expect(calls.at(-1)).toMatchObject({ path: "/job?id=j1", init: { method: "DELETE" } });
    serve([202, { job: "j1" }], { state: "failed", problem: { status: 400, detail: "bad", faults: [] } });
    await expect(askLong("a", "b")).rejects.toMatchObject({ kind: "invalid", message: "bad" });
  });

  it("stops a job on the server when the person stops it", async () => {
    serve([202, { job: "j 1" }], { state: "running", done: 1, total: 2 });
    const stop = new AbortController();
    const asked = askLong("a", "b", {}, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(asked).rejects.toMatchObject({ kind: "stopped" });
    expect(calls.at(-1)).toMatchObject({ path: "/job?id=j%201", init: { method: "DELETE" } });
  });
});

describe("permissions", () => {
  it("are held by name, by noun or all", () => {
    expect(mayDo(["decision.find"], "decision.find")).toBe(true);
    expect(mayDo(["decision.*"], "decision.show")).toBe(true);
    expect(mayDo(["*"], "user.add")).toBe(true);
    expect(mayDo(["decision.*"], "decisions.show")).toBe(false);
    expect(mayDo([], "decision.find")).toBe(false);
  });
});
