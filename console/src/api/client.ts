// The one way to the server. `ask` reads, `act` writes, `askLong` starts a job and follows it.
// Reads are repeated when the connection breaks; a write never is by itself: its Problem says "outcome_unknown" and
// carries the key with which a person may send the same request again.
import { Problem, problemOf } from "./problem";

export type Input = Record<string, unknown>;
// background: a page asks on its own, nobody touched it; so it keeps no session alive.
export type AskOptions = { signal?: AbortSignal; background?: boolean };
export type ActOptions = AskOptions & { key?: string };
export type JobProgress = { what: string; done: number; total: number };
export type LongOptions = ActOptions & { onProgress?: (progress: JobProgress) => void };

type Job = { job?: string; state: string; what?: string; done?: number; total?: number; answer?: unknown; problem?: unknown };

// Who waits when a session ends: the shell shows the sign-in over the page, and the request goes on afterwards.
export type SignInAgain = () => Promise<void>;

const queryCharactersMax = 1800;
const readAttemptsMax = 3;
const pollMsMin = 150;
const pollMsMax = 2000;

let csrf = "";
let signInAgain: SignInAgain | undefined;
let reachable: (is: boolean) => void = () => {};

export function holdCsrf(token: string): void {
  csrf = token;
}
export function onSessionEnd(handler: SignInAgain | undefined): void {
  signInAgain = handler;
}
export function onReachable(handler: (is: boolean) => void): void {
  reachable = handler;
}

export function pathOf(noun: string, verb: string): string {
  return `/v1/${[noun, ...verb.split(" ").filter(Boolean)].join("/")}`;
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// A query where every value is plain and short; otherwise none, and the question is posted as JSON.
export function queryOf(input: Input): string | undefined {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null || value === "") continue;
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (typeof one === "object") return undefined;
      query.append(name, String(one));
    }
  }
  const text = query.toString();
  return text.length > queryCharactersMax ? undefined : text;
}

function withoutEmpty(input: Input): Input {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== null && value !== ""));
}

const pause = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(new Problem("stopped", "stopped"));
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(new Problem("stopped", "stopped"))), { once: true });
  });

export type Sent = { path: string; method: "GET" | "POST" | "DELETE"; body?: Input; headers?: Record<string, string> };

// One exchange. Throws a Problem; "unreachable" when no answer came.
export async function exchange(sent: Sent, signal?: AbortSignal): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = { Accept: "application/json", ...sent.headers };
  if (sent.body !== undefined) headers["Content-Type"] = "application/json";
  if (sent.method !== "GET" && csrf !== "") headers["X-Puhui-Csrf"] = csrf;
  let response: Response;
  let text: string;
  try {
    response = await fetch(sent.path, {
      method: sent.method,
      headers,
      body: sent.body === undefined ? undefined : JSON.stringify(sent.body),
      credentials: "same-origin",
      cache: "no-store",
      signal,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw new Problem("stopped", "stopped");
    reachable(false);
    throw new Problem("unreachable", error instanceof Error ? error.message : "no answer");
  }
  reachable(true);
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch {
    body = { title: `HTTP ${response.status}` };
    if (response.ok) throw new Problem("internal", "expected JSON from the server, came something else", { status: response.status });
  }
  if (!response.ok) throw problemOf(body, response.status);
  return { status: response.status, body };
}

// The same request again after signing in: a 401 says that nothing was done.
async function exchangeSignedIn(sent: Sent, signal?: AbortSignal): Promise<{ status: number; body: unknown }> {
  for (;;) {
    try {
      return await exchange(sent, signal);
    } catch (error) {
      const ended = error instanceof Problem && (error.kind === "session_expired" || error.kind === "unauthenticated") && sent.path !== "/session";
      if (!ended || !signInAgain) throw error;
      await signInAgain();
    }
  }
}

async function read(sent: Sent, signal?: AbortSignal): Promise<{ status: number; body: unknown }> {
  for (let attempt = 1; ; ++attempt) {
    try {
      return await exchangeSignedIn(sent, signal);
    } catch (error) {
      const again = error instanceof Problem && (error.kind === "unreachable" || error.kind === "unavailable");
      if (!again || attempt >= readAttemptsMax) throw error;
      await pause(300 * 3 ** (attempt - 1), signal);
    }
  }
}

// Writes: what was lost on the way back may have been done.
async function write(sent: Sent, key: string, signal?: AbortSignal): Promise<{ status: number; body: unknown }> {
  try {
    return await exchangeSignedIn(sent, signal);
  } catch (error) {
    if (error instanceof Problem && error.kind === "unreachable") {
      throw new Problem("outcome_unknown", error.message, { repeatKey: key });
    }
    throw error;
  }
}

export async function ask<T>(noun: string, verb: string, input: Input = {}, { signal, background }: AskOptions = {}): Promise<T> {
  const query = queryOf(input);
  const path = pathOf(noun, verb);
  const headers: Record<string, string> = background ? { "X-Puhui-Background": "1" } : {};
  const sent: Sent =
    query === undefined
      ? { path, method: "POST", body: withoutEmpty(input), headers }
      : { path: query === "" ? path : `${path}?${query}`, method: "GET", headers };
  return (await read(sent, signal)).body as T;
}

export async function act<T>(noun: string, verb: string, input: Input = {}, { signal, key }: ActOptions = {}): Promise<T> {
  const repeatKey = key ?? "";
  const headers: Record<string, string> = repeatKey === "" ? {} : { "Idempotency-Key": repeatKey };
  const sent: Sent = { path: pathOf(noun, verb), method: "POST", body: withoutEmpty(input), headers };
  return (await write(sent, repeatKey, signal)).body as T;
}

// Reads or writes that may take longer than a request may. Aborting the signal stops the job on the server.
export async function askLong<T>(noun: string, verb: string, input: Input = {}, options: LongOptions = {}): Promise<T> {
  const { signal, key = "", onProgress } = options;
  const headers: Record<string, string> = { Prefer: "respond-async" };
  if (key !== "") headers["Idempotency-Key"] = key;
  const started = await write({ path: pathOf(noun, verb), method: "POST", body: withoutEmpty(input), headers }, key, signal);
  if (started.status !== 202) return started.body as T;
  const id = String((started.body as Job).job);
  const path = `/job?id=${encodeURIComponent(id)}`;
  try {
    for (let wait = pollMsMin; ; wait = Math.min(pollMsMax, wait * 1.3)) {
      await pause(wait, signal);
      const job = (await read({ path, method: "GET", headers: { "X-Puhui-Background": "1" } }, signal)).body as Job;
      onProgress?.({ what: job.what ?? "", done: job.done ?? 0, total: job.total ?? 0 });
      if (job.answer !== undefined && job.answer !== null) return job.answer as T;
      if (job.problem) throw problemOf(job.problem, Number((job.problem as { status?: number }).status ?? 500));
      if (job.state === "cancelled") throw new Problem("stopped", "stopped");
    }
  } finally {
    // Answered, failed or stopped by the person: the server need not keep it.
    await exchange({ path, method: "DELETE" }).catch(() => undefined);
  }
}
