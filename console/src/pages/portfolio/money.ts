// Amounts for pictures only: a chart's bar may be a floating number, a shown amount never is.
export function amountOf(money: string): number {
  return Number(money.split(" ")[0]);
}

// Of two amounts in one currency; absent when there is nothing to take a part of.
export function partOf(part: string, whole: string): number | undefined {
  const of = amountOf(whole);
  return of === 0 ? undefined : amountOf(part) / of;
}
