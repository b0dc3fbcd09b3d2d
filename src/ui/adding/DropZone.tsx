import { type DragEvent, useState } from "react";
import { Icon } from "../icons/Icon.tsx";
import classes from "./DropZone.module.css";

export function DropZone({ onFile }: { onFile(file: File): void }) {
  const [isOver, setOver] = useState(false);
  const [areMany, setMany] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file, ...others] = event.dataTransfer.files;
    setMany(others.length > 0);
    if (file && others.length === 0) onFile(file);
  };
  return (
    <label
      className={classes.zone}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" size={28} />
      <span className={classes.title}>Drop a file here, or choose one</span>
      {areMany && (
        <span className={classes.bad} role="alert">
          One file at a time is taken: drop just one.
        </span>
      )}
      <span>
        Lines of JSON, a JSON array, CSV or Parquet, gzipped or not, of any size. The format is recognised:
        chats with thinking, GSM8K, PRM800K, verl, TRL and others; the columns of a format of your own can be
        mapped.
      </span>
      <input
        type="file"
        className={classes.input}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
