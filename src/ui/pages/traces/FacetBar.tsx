// What the traces of the list are like, in counts; a click filters by it. The list never waits for it.
import { ActionIcon } from "@mantine/core";
import type { FacetField } from "../../../contract/stats.ts";
import { Icon } from "../../icons/Icon.tsx";
import { usePreference } from "../../preferences/use-preference.ts";
import type { Term } from "../../search-bar/edit-query.ts";
import { facetKinds } from "../../search-bar/facet-terms.ts";
import type { FilterParameters } from "../../search-bar/parse-query.ts";
import classes from "./FacetBar.module.css";
import { FacetGroup } from "./FacetGroup.tsx";

interface FacetBarProps {
  /** The search bar's text, and what it means. */
  query: string;
  filters: FilterParameters;
  onToggle(term: Term): void;
  onHide(): void;
}

export function FacetBar({ query, filters, onToggle, onHide }: FacetBarProps) {
  const [open, setOpen] = usePreference("open-facets", "source model run tag step_type", (text) => text);
  const opened = open.split(" ");
  const toggle = (field: FacetField) =>
    setOpen((opened.includes(field) ? opened.filter((one) => one !== field) : [...opened, field]).join(" "));
  return (
    <aside className={classes.bar} aria-label="Filters">
      <header className={classes.head}>
        <h2>Filters</h2>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Hide the filters" onClick={onHide}>
          <Icon name="close" size={14} />
        </ActionIcon>
      </header>
      {facetKinds.map((kind) => (
        <FacetGroup
          key={kind.field}
          kind={kind}
          query={query}
          filters={filters}
          isOpen={opened.includes(kind.field)}
          onOpen={() => toggle(kind.field)}
          onToggle={onToggle}
        />
      ))}
    </aside>
  );
}
