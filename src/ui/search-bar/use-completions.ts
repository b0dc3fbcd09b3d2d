import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { facetValues } from "../api/facets.ts";
import { formatShort } from "../text/figures.ts";
import { type Completing, knownOptions, type Option, valueOption } from "./completion.ts";
import { parseQuery } from "./parse-query.ts";

/** Somebody types faster than it is worth asking. */
const PAUSE_MS = 120;
const LIMIT = 12;

/** What could stand at a place: keys, or the values that traces have which pass the other filters of the text. */
export function useCompletions(
  place: Completing | undefined,
  text: string,
): { options: Option[]; isLoading: boolean } {
  const others = place === undefined ? "" : `${text.slice(0, place.from)} ${text.slice(place.to)}`;
  const [asked] = useDebouncedValue(
    { field: place?.field, prefix: place?.prefix ?? "", others: others.trim() },
    PAUSE_MS,
  );
  const { q: _words, ...filters } = parseQuery(asked.others).parameters;
  const { data, isFetching } = useQuery({
    ...facetValues({ field: asked.field ?? "source", filters, prefix: asked.prefix, limit: LIMIT }),
    enabled: asked.field !== undefined,
  });
  if (place === undefined) return { options: [], isLoading: false };
  // The answer may be that for what stood there before.
  const isOfPlace = place.field !== undefined && place.field === asked.field;
  const values = (isOfPlace ? data?.data : undefined) ?? [];
  const found = values.flatMap(({ value, count }) =>
    value === null || !value.startsWith(place.prefix)
      ? []
      : (valueOption(place, value, `${data?.approximate ? "≈ " : ""}${formatShort(count)}`) ?? []),
  );
  return { options: [...knownOptions(place), ...found], isLoading: isFetching };
}
