import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { App, makeRouter } from "./shell/App";
import { preloadPage } from "./shell/routes";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const shown = createRoot(root);
// A page that takes longer than this is waited for by what is around it.
const patience = new Promise((resolve) => setTimeout(resolve, 300));
void Promise.race([preloadPage(location.pathname), patience]).then(() =>
  shown.render(
    <StrictMode>
      <App router={makeRouter()} />
    </StrictMode>,
  ),
);
