// useAsk: a page's question, asked again when its input changes, by `again`, or every `everyMs`. What was answered
// stays while it is asked again, so a page does not blink. `noun` null: nothing is asked.
import { useCallback, useEffect, useRef, useState } from "react";
import { ask, type Input } from "./client";
import { asProblem, type Problem } from "./problem";

export type Asked<T> = { data: T | undefined; problem: Problem | undefined; loading: boolean; again: () => void };

export function useAsk<T>(noun: string | null, verb: string, input: Input = {}, options: { everyMs?: number } = {}): Asked<T> {
  const [state, setState] = useState<{ data?: T; problem?: Problem; loading: boolean; of: string }>({ loading: noun !== null, of: "" });
  const [turn, setTurn] = useState(0);
  const byItself = useRef(false);
  const key = noun === null ? "" : JSON.stringify([noun, verb, input]);
  const asked = useRef({ noun, verb, input });
  asked.current = { noun, verb, input };

  useEffect(() => {
    if (key === "") {
      setState({ loading: false, of: "" });
      return;
    }
    const stop = new AbortController();
    const background = byItself.current;
    byItself.current = false;
    setState((was) => (was.of === key ? { ...was, loading: true } : { loading: true, of: key }));
    ask<T>(asked.current.noun ?? "", asked.current.verb, asked.current.input, { signal: stop.signal, background }).then(
      (data) => !stop.signal.aborted && setState({ data, loading: false, of: key }),
      (error: unknown) => !stop.signal.aborted && setState((was) => ({ ...was, problem: asProblem(error), loading: false })),
    );
    return () => stop.abort();
  }, [key, turn]);

  useEffect(() => {
    if (!options.everyMs || key === "") return;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      byItself.current = true;
      setTurn((n) => n + 1);
    }, options.everyMs);
    return () => clearInterval(timer);
  }, [key, options.everyMs]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  return { data: state.data, problem: state.problem, loading: state.loading, again };
}
