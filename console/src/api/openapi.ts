// What the server can be asked: /openapi.json, read once. Forms, filters and columns are made from it.
import { useEffect, useState } from "react";
import { exchange, pathOf } from "./client";

export type Schema = {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  format?: string;
  description?: string;
  examples?: unknown[];
  enum?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean;
};

type Operation = {
  summary?: string;
  parameters?: { $ref?: string }[];
  requestBody?: { content?: { "application/json"?: { schema?: Schema } } };
  responses?: Record<string, { content?: { "application/json"?: { schema?: Schema } } }>;
};
export type OpenApi = { paths: Record<string, { get?: Operation; post?: Operation }> };

export type VerbShape = {
  noun: string;
  verb: string;
  permission: string;
  help: string;
  reads: boolean;
  repeatable: boolean; // takes an Idempotency-Key
  input: Schema;
  output: Schema;
};

let document: Promise<OpenApi> | undefined;

export function openApi(): Promise<OpenApi> {
  document ??= exchange({ path: "/openapi.json", method: "GET" }).then(
    ({ body }) => body as OpenApi,
    (error: unknown) => {
      document = undefined; // asked again next time
      throw error;
    },
  );
  return document;
}

export function shapeIn(api: OpenApi, noun: string, verb: string): VerbShape | undefined {
  const path = api.paths[pathOf(noun, verb)];
  const post = path?.post;
  if (!post) return undefined;
  return {
    noun,
    verb,
    permission: `${noun}.${verb.replaceAll(" ", ".")}`,
    help: post.summary ?? "",
    reads: path.get !== undefined,
    repeatable: (post.parameters ?? []).some((p) => p.$ref?.endsWith("IdempotencyKey")),
    input: post.requestBody?.content?.["application/json"]?.schema ?? { type: "object", properties: {} },
    output: post.responses?.["200"]?.content?.["application/json"]?.schema ?? { type: "object", properties: {} },
  };
}

// undefined: not read yet; null: this server has no such verb.
export function useVerb(noun: string, verb: string): VerbShape | null | undefined {
  const [shape, setShape] = useState<VerbShape | null | undefined>(undefined);
  useEffect(() => {
    let live = true;
    openApi().then(
      (api) => live && setShape(shapeIn(api, noun, verb) ?? null),
      () => live && setShape(null),
    );
    return () => {
      live = false;
    };
  }, [noun, verb]);
  return shape;
}

// Whether this server knows a verb, for pages that show more where more is built.
export function useKnows(): (noun: string, verb: string) => boolean {
  const [api, setApi] = useState<OpenApi | undefined>(undefined);
  useEffect(() => {
    let live = true;
    openApi().then(
      (read) => live && setApi(read),
      () => undefined,
    );
    return () => {
      live = false;
    };
  }, []);
  return (noun, verb) => api !== undefined && api.paths[pathOf(noun, verb)] !== undefined;
}
