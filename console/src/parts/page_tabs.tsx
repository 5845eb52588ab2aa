// Tabs whose choice stands in the address. A tab that this person may not see falls back to the first.
import { Tabs } from "antd";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router-dom";

export type PageTab = { key: string; label: string; children: ReactNode };

export function PageTabs({ items }: { items: PageTab[] }) {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("tab");
  const active = items.find((item) => item.key === wanted)?.key ?? items[0]?.key;
  return <Tabs destroyOnHidden activeKey={active} onChange={(tab) => setSearch({ tab })} items={items} />;
}
