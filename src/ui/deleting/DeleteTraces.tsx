import { Button, Modal } from "@mantine/core";
import { type Query, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Parameters } from "../api/request.ts";
import { deleteTraces, traceCount } from "../api/traces.ts";
import { formatPlural } from "../text/figures.ts";
import classes from "./DeleteTraces.module.css";

interface DeleteTracesProps {
  /** Which traces to delete; the dialog is open while it is there. */
  filters: Parameters | undefined;
  /** The same in words, where they are more than were picked one by one. */
  which?: string;
  onClose(): void;
  onDeleted(): void;
}

/** Counts, and asks, before it deletes: what is deleted is gone. */
export function DeleteTraces({ filters, which, onClose, onDeleted }: DeleteTracesProps) {
  const queryClient = useQueryClient();
  const count = useQuery({ ...traceCount(filters ?? {}), enabled: filters !== undefined });
  const deletion = useMutation({
    mutationFn: () => deleteTraces(filters ?? {}),
    onSettled: () => queryClient.invalidateQueries({ predicate: isOfMany }),
    onSuccess: () => {
      onClose();
      onDeleted();
    },
  });
  const what = count.data === undefined ? "these traces" : formatPlural(count.data, "trace");
  const error = count.error ?? deletion.error;
  return (
    <Modal
      opened={filters !== undefined}
      onClose={onClose}
      title={`Delete ${what}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {which !== undefined && (
        <p className={classes.which}>
          All that pass <code>{which}</code>
        </p>
      )}
      <p>Texts, scores and token arrays go with them. There is no way back.</p>
      <div role="status" className={classes.state}>
        {count.isFetching && "Counting …"}
        {count.data === 0 && "No trace passes any more."}
        {deletion.isPending && "Deleting …"}
      </div>
      {error && (
        <p className={classes.error} role="alert">
          {error.message}
        </p>
      )}
      <div className={classes.actions}>
        <Button onClick={onClose}>Keep</Button>
        <Button
          variant="filled"
          color="red"
          disabled={!count.data || count.isFetching}
          loading={deletion.isPending}
          onClick={() => deletion.mutate()}
        >
          Delete {what}
        </Button>
      </div>
    </Modal>
  );
}

/** Lists, counts and curves change; what was read of single traces does not. */
function isOfMany({ queryKey: [kind, part] }: Query): boolean {
  return kind !== "trace" && kind !== "module" && part !== "count";
}
