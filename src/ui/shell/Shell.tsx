// What stands around every page.
import { Link, Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { useKeys } from "../keyboard/use-keys.ts";
import { KeysHelp } from "./KeysHelp.tsx";
import { SchemeToggle } from "./SchemeToggle.tsx";
import classes from "./Shell.module.css";
import { StatusSign } from "./StatusSign.tsx";
import { useGoKeys } from "./use-go-keys.ts";

export function Shell() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useKeys({ "?": () => setHelpOpen(true) });
  useGoKeys();
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <header className={classes.bar}>
        <Link to="/" className={classes.name}>
          Tunix RT
        </Link>
        <nav className={classes.links} aria-label="Main">
          <Link
            to="/"
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ className: classes.current ?? "" }}
          >
            Overview
          </Link>
          <Link to="/traces" activeProps={{ className: classes.current ?? "" }}>
            Traces
          </Link>
          <Link to="/runs" activeProps={{ className: classes.current ?? "" }}>
            Runs
          </Link>
          <Link to="/add" activeProps={{ className: classes.current ?? "" }}>
            Add
          </Link>
          <Link to="/status" activeProps={{ className: classes.current ?? "" }}>
            Status
          </Link>
        </nav>
        <div className={classes.end}>
          <StatusSign />
          <a className={classes.quiet} href="/api/docs">
            API
          </a>
          <button type="button" className={classes.quiet} onClick={() => setHelpOpen(true)} aria-label="Keys">
            ?
          </button>
          <SchemeToggle />
        </div>
      </header>
      <main id="content" className={classes.content} tabIndex={-1}>
        <Outlet />
      </main>
      <KeysHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
