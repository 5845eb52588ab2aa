// What went wrong, in one shape: the server's application/problem+json, or a connection that broke.
export type Fault = { where: string; message: string };

export type ProblemKind =
  | "invalid"
  | "unauthenticated"
  | "session_expired"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "exhausted"
  | "unavailable"
  | "internal"
  | "unreachable" // a read that did not come through, after retries
  | "outcome_unknown" // a write whose answer was lost: it may have been done
  | "stopped"; // by the person

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly type: string; // the server's own word for it: "no_users"
  readonly status: number;
  readonly faults: readonly Fault[];
  readonly request: string;
  // Of a write: the key it was sent with, so that a repeat is the same request.
  readonly repeatKey: string | undefined;

  constructor(kind: ProblemKind, detail: string, more: Partial<Pick<Problem, "type" | "status" | "faults" | "request" | "repeatKey">> = {}) {
    super(detail);
    this.name = "Problem";
    this.kind = kind;
    this.type = more.type ?? kind;
    this.status = more.status ?? 0;
    this.faults = more.faults ?? [];
    this.request = more.request ?? "";
    this.repeatKey = more.repeatKey;
  }
}

const kindsByStatus: Record<number, ProblemKind> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  429: "exhausted",
  503: "unavailable",
};

function isFault(value: unknown): value is Fault {
  return typeof value === "object" && value !== null && "message" in value;
}

// A problem out of the server's own body; a body of another kind (a proxy's page) still makes a Problem.
export function problemOf(body: unknown, status: number): Problem {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const type = typeof fields.type === "string" ? fields.type : "";
  const name = type.slice(type.lastIndexOf(":") + 1);
  const faults = Array.isArray(fields.faults) ? fields.faults.filter(isFault) : [];
  const kind = name === "session_expired" ? "session_expired" : (kindsByStatus[status] ?? (status >= 500 ? "internal" : "invalid"));
  const detail = typeof fields.detail === "string" ? fields.detail : typeof fields.title === "string" ? fields.title : `HTTP ${status}`;
  return new Problem(kind, detail, {
    type: name,
    status,
    faults: faults.map((f) => ({ where: String(f.where ?? ""), message: String(f.message) })),
    request: typeof fields.instance === "string" ? fields.instance : "",
  });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem("internal", error instanceof Error ? error.message : String(error));
}
