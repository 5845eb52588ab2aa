// From a verb's schema to a form and back: what kind of field, what a valid text is, what is sent, where a fault belongs.
import type { Fault } from "./problem";
import type { Schema } from "./openapi";

export type FieldKind =
  | "text" | "long_text" | "money" | "rate" | "date" | "moment" | "id" | "digest"
  | "integer" | "number" | "boolean" | "choice" | "list" | "choices" | "texts" | "object" | "any";

const formats: Record<string, FieldKind> = {
  money: "money",
  rate: "rate",
  date: "date",
  "date-time": "moment",
  id: "id",
  sha256: "digest",
};

export function kindOf(schema: Schema): FieldKind {
  if (schema.enum) return "choice";
  switch (schema.type) {
    case "boolean":
      return "boolean";
    case "integer":
      return "integer";
    case "number":
      return "number";
    case "object":
      return schema.properties ? "object" : "any";
    case "array": {
      if (schema.items?.enum) return "choices";
      const item = schema.items ? kindOf(schema.items) : "any";
      return item === "text" || item === "id" || item === "digest" ? "texts" : "list";
    }
    case "string":
      if (schema.format && formats[schema.format]) return formats[schema.format]!;
      return (schema.maxLength ?? 0) > 400 ? "long_text" : "text";
    default:
      return "any";
  }
}

const patterns: Partial<Record<FieldKind, RegExp>> = {
  money: /^-?\d+(\.\d+)? [A-Z]{3}$/,
  rate: /^-?\d+(\.\d{1,9})?$/,
  digest: /^[0-9a-fA-F]{64}$/,
  id: /^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$/,
};

export function patternOf(kind: FieldKind): RegExp | undefined {
  return patterns[kind];
}

export function exampleOf(schema: Schema): string {
  const example = schema.examples?.[0];
  return example === undefined ? "" : typeof example === "string" ? example : JSON.stringify(example);
}

// What a person left empty is not sent; an object of which nothing was filled is not sent either.
export function inputOf(schema: Schema, value: unknown): unknown {
  const kind = kindOf(schema);
  if (value === undefined || value === null || value === "") return undefined;
  if (kind === "object") {
    const out: Record<string, unknown> = {};
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      const sent = inputOf(part, (value as Record<string, unknown>)[name]);
      if (sent !== undefined) out[name] = sent;
    }
    return Object.keys(out).length === 0 ? undefined : out;
  }
  if (kind === "list" && Array.isArray(value)) {
    return value.map((item) => inputOf(schema.items ?? {}, item)).filter((item) => item !== undefined);
  }
  if ((kind === "texts" || kind === "choices") && Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (kind === "any" && typeof value === "string") return JSON.parse(value);
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return value;
}

// The other way: what a form shows of an input that is already known.
export function valueOf(schema: Schema, input: unknown): unknown {
  const kind = kindOf(schema);
  if (input === undefined || input === null) return undefined;
  if (kind === "object") {
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, part]) => [name, valueOf(part, (input as Record<string, unknown>)[name])]),
    );
  }
  if (kind === "list" && Array.isArray(input)) return input.map((item) => valueOf(schema.items ?? {}, item));
  if (kind === "any" && typeof input !== "string") return JSON.stringify(input, null, 2);
  if (kind === "any") return JSON.stringify(input);
  return input;
}

// "terms/0/rate" is the place ["terms", 0, "rate"] of the form, as deep as the form has fields; none: not a field.
export function placeOf(schema: Schema, where: string): (string | number)[] | undefined {
  const place: (string | number)[] = [];
  let at: Schema | undefined = schema;
  for (const part of where.split("/").filter(Boolean)) {
    const kind: FieldKind = at ? kindOf(at) : "any";
    if (kind === "object" && at?.properties?.[part]) {
      place.push(part);
      at = at.properties[part];
    } else if (kind === "list" && /^\d+$/.test(part)) {
      place.push(Number(part));
      at = at?.items;
    } else {
      break;
    }
  }
  return place.length === 0 ? undefined : place;
}

export type PlacedFaults = { fields: { name: (string | number)[]; errors: string[] }[]; rest: Fault[] };

export function placeFaults(schema: Schema, faults: readonly Fault[]): PlacedFaults {
  const byPlace = new Map<string, { name: (string | number)[]; errors: string[] }>();
  const rest: Fault[] = [];
  for (const fault of faults) {
    const name = placeOf(schema, fault.where);
    if (!name) {
      rest.push(fault);
      continue;
    }
    const depth = fault.where.split("/").filter(Boolean).slice(name.length).join("/");
    const key = JSON.stringify(name);
    const entry = byPlace.get(key) ?? { name, errors: [] };
    entry.errors.push(depth === "" ? fault.message : `${depth}: ${fault.message}`);
    byPlace.set(key, entry);
  }
  return { fields: [...byPlace.values()], rest };
}
