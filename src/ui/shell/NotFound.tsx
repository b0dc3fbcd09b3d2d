import { Link } from "@tanstack/react-router";
import { Notice } from "../notices/Notice.tsx";

export function NotFound() {
  return (
    <Notice title="There is no such page">
      <Link to="/traces">To the traces</Link>
    </Notice>
  );
}
