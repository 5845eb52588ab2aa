// Loaded: what stands on a page while its question is asked, and when it could not be answered.
import { Skeleton } from "antd";
import type { ReactNode } from "react";
import type { Asked } from "../api/use_ask";
import { ProblemNote } from "./problem_note";

export function Loaded<T>({ from, children }: { from: Asked<T>; children: (data: T) => ReactNode }) {
  return (
    <>
      {from.problem && <ProblemNote problem={from.problem} onAgain={from.again} />}
      {from.data !== undefined ? children(from.data) : !from.problem && from.loading ? <Skeleton active title={false} /> : null}
    </>
  );
}
