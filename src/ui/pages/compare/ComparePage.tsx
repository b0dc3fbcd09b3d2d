// Two traces side by side. Without a second one, a way to choose it.
import { getRouteApi } from "@tanstack/react-router";
import { Comparison } from "./Comparison.tsx";
import { TracePicker } from "./TracePicker.tsx";

const route = getRouteApi("/compare");

export function ComparePage() {
  const { base, other } = route.useSearch();
  if (base === undefined || other === undefined) return <TracePicker base={base ?? other} />;
  return <Comparison key={`${base} ${other}`} base={base} other={other} />;
}
