// Written by scripts/api-types.mjs from the OpenAPI document. Change the API, then run `npm run types`.

export interface paths {
    "/api/v1/ai/cloud/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate In Cloud
         * @description Make a picture at a provider. `model` names which of `/ai/cloud/models`; without, the plan decides.
         */
        post: operations["generate_in_cloud"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/cloud/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Cloud Models
         * @description The providers' models that make pictures: price, state, and whether they can be used now.
         */
        get: operations["list_cloud_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate Picture
         * @description Make a picture: what `POST /jobs` does for the workflow `image_generation`.
         */
        post: operations["generate_picture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/generate/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate Batch
         * @description Make several pictures, each in a job of its own, in the order given. All are planned before the first is queued, so
         *     that one that is refused refuses them all; `details.index` says which.
         */
        post: operations["generate_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ai Jobs
         * @description One's own jobs, newest first; the same as `GET /jobs`.
         */
        get: operations["list_ai_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Ai Job */
        get: operations["get_ai_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Ai Job
         * @description Ask a job to stop. Nothing happens to one that has finished.
         */
        post: operations["cancel_ai_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ai Models
         * @description The models that make pictures and those of the laser, of this machine and of providers, and whether they can be used
         *     now. `GET /models` lists all of the catalogue.
         */
        get: operations["list_ai_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/optimize/laser": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Optimize For Laser
         * @description A picture as a file for a laser: what `POST /jobs` does for the workflow `laser`.
         */
        post: operations["optimize_for_laser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/prompts/enhance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enhance Laser Prompt
         * @description The wish as an image model should be asked, so that its picture can be lasered. Nothing is made.
         */
        post: operations["enhance_laser_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/prompts/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Prompt Templates
         * @description The six ways of asking for a picture that a laser can burn or cut.
         */
        get: operations["list_prompt_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/prompts/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Validate Laser Prompt
         * @description Whether the wish may be made, and what about it a laser cannot show.
         */
        post: operations["validate_laser_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/prompts/variations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Vary Laser Prompt
         * @description Different wordings of one wish, each with a seed for the image model.
         */
        post: operations["vary_laser_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ai/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Queue
         * @description How much is waiting and running here.
         */
        get: operations["show_queue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Alerts
         * @description Budgets that reached 50, 80 or 100 %, newest first.
         */
        get: operations["get_alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/breakers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Breakers
         * @description Which vendors' models are left alone for a while, and until when; the same for everybody.
         */
        get: operations["get_breakers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Budget Use
         * @description What is spent and held of each budget in its current window.
         */
        get: operations["get_budget_use"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/intents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Intents
         * @description How many sentences this process has read, how fast, as what; the same for everybody.
         */
        get: operations["get_intents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Latency
         * @description Percentiles of seconds by workflow and model: of attempts, or of jobs from submission to end.
         */
        get: operations["get_latency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Rates
         * @description How many jobs came from the cache, by a fallback, or failed, by workflow.
         */
        get: operations["get_rates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/refusals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Refusals
         * @description What the content policy refused, by category.
         */
        get: operations["get_refusals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Requests
         * @description Jobs of each day by how they stand now, and what was refused before it became one.
         */
        get: operations["get_requests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/satisfaction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Satisfaction
         * @description What users say of results, by any of workflow, model, day and feature together.
         */
        get: operations["get_satisfaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/spend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Spend
         * @description What was charged, by any of day, model and user together; by day alone, every day has a row.
         */
        get: operations["get_spend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/verdicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Verdicts
         * @description How attempts ended, by workflow and model.
         */
        get: operations["get_verdicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Assets
         * @description One's own assets, newest first.
         */
        get: operations["list_assets"];
        put?: never;
        /**
         * Add Assets
         * @description Store pictures and clips: the files of a form (whatever their fields are called), or one as the body itself.
         */
        post: operations["add_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Asset */
        get: operations["get_asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Asset Content
         * @description The file. Ranges are answered, so that clips can be played from anywhere; what is neither a picture nor a clip comes
         *     as an attachment.
         */
        get: operations["get_asset_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Asset Thumbnail
         * @description A small WebP of a picture, or of a clip's first frame that shows something; made when first asked for.
         */
        get: operations["get_asset_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Batches
         * @description One's own batches, newest first.
         */
        get: operations["list_batches"];
        put?: never;
        /**
         * Create Batch
         * @description Accept a batch: each item becomes a job. An item that cannot be read is refused by itself; the others go on.
         *
         *     JSON with `items`; a form with files (each `image` and `clip` is an item, files of other roles go to all items), or a
         *     form with a `csv` part and the files that it names.
         */
        post: operations["create_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Batch
         * @description Progress, money, and why it is paused, if it is.
         */
        get: operations["get_batch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Batch Archive
         * @description All results so far as one ZIP file, with a report as a table; made while it is sent.
         */
        get: operations["get_batch_archive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Batch
         * @description Start nothing more and ask what runs to stop.
         */
        post: operations["cancel_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow Batch
         * @description The batch's story as it goes, to its end.
         */
        get: operations["follow_batch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Batch Items
         * @description The items in their order, with state, job, cost and results.
         */
        get: operations["list_batch_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause Batch
         * @description Start nothing more; what runs goes on to its end.
         */
        post: operations["pause_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Batch
         * @description Go on; with `budget_usd` under another budget.
         */
        post: operations["resume_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{batch_id}/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Failed Items
         * @description Let what was refused, failed or rejected run again as new jobs; not what may have been bought already.
         */
        post: operations["retry_failed_items"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan Batch
         * @description The price of the whole and what is wrong with single items. Nothing is run and nothing bought.
         */
        post: operations["plan_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Boards
         * @description One's own boards, by name.
         */
        get: operations["list_boards"];
        put?: never;
        /** Create Board */
        post: operations["create_board"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards/{board_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Board */
        get: operations["get_board"];
        put?: never;
        post?: never;
        /**
         * Remove Board
         * @description The board alone; its assets stay.
         */
        delete: operations["remove_board"];
        options?: never;
        head?: never;
        /** Rename Board */
        patch: operations["rename_board"];
        trace?: never;
    };
    "/api/v1/boards/{board_id}/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add To Board */
        post: operations["add_to_board"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards/{board_id}/assets/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take Off Board */
        post: operations["take_off_board"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Budgets
         * @description The budgets that apply to oneself and what is left of them; or all there are.
         */
        get: operations["get_budgets"];
        /**
         * Set Budget
         * @description Set or change a cap; what was spent in the running period counts already.
         */
        put: operations["set_budget"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/{budget_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove Budget */
        delete: operations["remove_budget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diagnose
         * @description What `bottega doctor` looks at, as far as a running server can tell. Vendors are asked nothing.
         */
        get: operations["diagnose"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enhanced/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare Enhanced
         * @description The same request by the default classifier and by the keyword rules, side by side.
         */
        post: operations["compare_enhanced"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enhanced/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Enhanced Metrics
         * @description How many sentences this process has classified, how fast, how many from the cache; zeros while there were none.
         */
        get: operations["enhanced_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enhanced/process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Process Enhanced
         * @description What the sentence wants, which model would do it, at what price; and public pictures that would help, where a
         *     web search is set up.
         */
        post: operations["process_enhanced"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Experiments
         * @description All, the newest first.
         */
        get: operations["list_experiments"];
        put?: never;
        /**
         * Start Experiment
         * @description Begin an experiment. One at a time on a workflow; a name is used once.
         */
        post: operations["start_experiment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/experiments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Experiment */
        get: operations["get_experiment"];
        put?: never;
        post?: never;
        /**
         * End Experiment
         * @description Nobody takes part from now on; the results stay.
         */
        delete: operations["end_experiment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/experiments/{name}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Experiment Results
         * @description What the arms' jobs show by now, and in words whether that is enough to say something.
         */
        get: operations["get_experiment_results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check Pictures
         * @description What pictures of a person and of a garment are good for.
         */
        post: operations["check_pictures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/fit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report Fit
         * @description How it sits, with what to do about it; and the size of the bundled chart, as probabilities, for measurements.
         */
        post: operations["report_fit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/outfits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compose Outfits
         * @description Complete looks that differ, out of the wardrobe and the shops; the taste that was learned counts.
         */
        post: operations["compose_outfits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/recommendations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recommend Pieces
         * @description Single pieces, best first, each with its reasons.
         */
        post: operations["recommend_pieces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/size": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Advise On Size
         * @description The size for a body's measurements, as probabilities. A photograph is never asked: it has no scale.
         */
        post: operations["advise_on_size"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/style": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Analyse Person
         * @description Colours, proportions and style as far as a photograph tells; what it does not tell is said. With `look`, `vision` says
         *     which model looked and what it cost, or why none did.
         */
        post: operations["analyse_person"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fashion/taste": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Taste
         * @description What was learned from one's own answers to looks: features and how much they are liked, -1 to 1.
         */
        get: operations["get_taste"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Feedback
         * @description One's own, newest first.
         */
        get: operations["list_feedback"];
        put?: never;
        /**
         * Give Feedback
         * @description Rate one's own finished job, or change what was said of it.
         */
        post: operations["give_feedback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feedback/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Feedback
         * @description What was said of one's own job.
         */
        get: operations["get_feedback"];
        put?: never;
        post?: never;
        /** Take Back Feedback */
        delete: operations["take_back_feedback"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gallery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Gallery
         * @description One's own uploads and results, newest first.
         */
        get: operations["list_gallery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gallery/{asset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Gallery Item */
        get: operations["get_gallery_item"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gallery/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Gallery Facets
         * @description The workflows and models that one's results have, to filter by.
         */
        get: operations["list_gallery_facets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gallery/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Assets
         * @description Take out of the trash again.
         */
        post: operations["restore_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gallery/star": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Star Assets
         * @description Star them, or take the star away.
         */
        post: operations["star_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gallery/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trash Assets
         * @description Put into the trash; it can be undone for 30 days.
         */
        post: operations["trash_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/intent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Classify Prompt
         * @description What a sentence wants, with so many pictures at hand.
         */
        post: operations["classify_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/intent/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Classes
         * @description What a sentence can ask for: each class with its description, what it needs, tie-breaks, sub-kinds, examples.
         */
        get: operations["list_classes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description One's own jobs, newest first.
         */
        get: operations["list_jobs"];
        put?: never;
        /**
         * Submit Job
         * @description Plan a request and put it into the queue; from here on it survives everything.
         */
        post: operations["submit_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Job */
        get: operations["get_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Job
         * @description Ask a job to stop. Nothing happens to one that has finished.
         */
        post: operations["cancel_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow Job
         * @description The job's story as it goes, to its end: `id` is the number of the event, `event` its kind.
         */
        get: operations["follow_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Job
         * @description Let a quarantined job go on, or run a finished one again as a new job.
         */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Keys
         * @description All keys or one owner's, revoked ones too; never their secrets.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Create Key
         * @description Make a key. Its secret is in this answer and nowhere else.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Key
         * @description The key opens nothing from now on.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/laser/materials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Laser Materials
         * @description Machines and materials with starting points of power and speed, and which machine can do what with which.
         */
        get: operations["list_laser_materials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/laser/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview Laser Job
         * @description What the job would burn, and how long it would take. Refused as the job would be, before anything is computed.
         */
        post: operations["preview_laser_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ledger
         * @description The ledger's lines, newest first. Amounts are micro-dollars.
         */
        get: operations["list_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description Every model of the catalogue: what it does, what it costs, until when, and whether its engine can be used.
         */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan Request
         * @description Who would do it, at what price, and who was ruled out and why. Nothing is run and nothing bought.
         *
         *     The files of a form are stored as assets, so that the plan's `request` can be submitted as it is.
         */
        post: operations["plan_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Preferences
         * @description What one likes the web studio to be like; the same on every device.
         */
        get: operations["get_preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change Preferences
         * @description What is given replaces what was; the rest stays.
         */
        patch: operations["change_preferences"];
        trace?: never;
    };
    "/api/v1/privacy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Privacy Terms */
        get: operations["get_privacy_terms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase Everything
         * @description Delete everything about who asks, keys included; sums of money stay under another name. Cancel running jobs first.
         */
        post: operations["erase_everything"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Export Everything
         * @description A ZIP of everything that is kept about who asks: files, and a JSON document for each kind of record.
         */
        post: operations["export_everything"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Products
         * @description Find offers by a sentence, a picture and filters; filters given beside the sentence go before those in it.
         */
        get: operations["search_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/{seller}/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Product
         * @description One offer of a shop, also when it has gone from its feed.
         */
        get: operations["get_product"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search Products By Vector
         * @description The same search with a vector, and with live partners where it is asked for.
         */
        post: operations["search_products_by_vector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/products/vectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep Vectors
         * @description Keep vectors of one's own offers for the search by a vector; those that were there of the kind are replaced.
         */
        post: operations["keep_vectors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/references": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List References
         * @description One's own references, by name.
         */
        get: operations["list_references"];
        put?: never;
        /**
         * Save Reference
         * @description Save a picture under a name: an asset, a public address, or a file of a form.
         */
        post: operations["save_reference"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/references/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Reference */
        get: operations["get_reference"];
        put?: never;
        post?: never;
        /**
         * Remove Reference
         * @description Forget the name; the picture stays among the assets.
         */
        delete: operations["remove_reference"];
        options?: never;
        head?: never;
        /**
         * Change Reference
         * @description Rename it, or say that it is of another kind.
         */
        patch: operations["change_reference"];
        trace?: never;
    };
    "/api/v1/references/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Public Pictures
         * @description Search the web for public pictures, where that is set up. The words are sent to the search service.
         */
        get: operations["search_public_pictures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/references/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest References
         * @description For completing a mention: names that begin so, then those that hold it, then near ones.
         */
        get: operations["suggest_references"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Session
         * @description Who asks, and how; 401 when nobody does and somebody must.
         */
        get: operations["get_session"];
        put?: never;
        /**
         * Open Session
         * @description Show an API key; the answer's cookie speaks for it from now on. Raises 401 for a key that is none.
         */
        post: operations["open_session"];
        /**
         * End Session
         * @description Log out. Again changes nothing.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wardrobe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Wardrobe
         * @description One's own items, newest first.
         */
        get: operations["list_wardrobe"];
        put?: never;
        /**
         * Add To Wardrobe
         * @description Keep an item of one's own; the picture is an asset that was uploaded before.
         */
        post: operations["add_to_wardrobe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wardrobe/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Wardrobe Item */
        get: operations["get_wardrobe_item"];
        put?: never;
        post?: never;
        /**
         * Remove From Wardrobe
         * @description Forget an item; the picture stays among the assets.
         */
        delete: operations["remove_from_wardrobe"];
        options?: never;
        head?: never;
        /**
         * Change Wardrobe Item
         * @description What is given replaces what was; the rest stays.
         */
        patch: operations["change_wardrobe_item"];
        trace?: never;
    };
    "/api/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Workflows
         * @description Every kind of work, with the JSON schema of its options.
         */
        get: operations["list_workflows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Workflow */
        get: operations["get_workflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description No key is needed, and nothing secret is told.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Prometheus text exposition format 0.0.4. With keys in use, one with the scope admin is needed.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Advice
         * @description Something in a wish that a laser cannot show; `words` as found.
         */
        Advice: {
            /** Advice */
            advice: string;
            /** Id */
            id: string;
            /** Words */
            words: string[];
        };
        /** AlertRow */
        AlertRow: {
            /** At */
            at: number;
            /** Budget Id */
            budget_id: string;
            /** Cap */
            cap: number;
            /** Level */
            level: number;
            /** Message */
            message: string;
            /** Subject */
            subject: string;
            /** Used */
            used: number;
        };
        /** Alternative */
        Alternative: {
            /** Confidence */
            confidence: number;
            workflow: components["schemas"]["WorkClass"];
        };
        /**
         * ApiKey
         * @description What may be shown of a key. Times are seconds since the Unix epoch, UTC.
         */
        ApiKey: {
            /** Created At */
            created_at: number;
            /** Id */
            id: string;
            /** Last Used At */
            last_used_at?: number | null;
            /** Name */
            name: string;
            /** Owner */
            owner: string;
            /** Revoked At */
            revoked_at?: number | null;
            /** Scopes */
            scopes: components["schemas"]["Scope"][];
        };
        /**
         * Arm
         * @description `weight` is its share of the users beside the other arms' weights; 0 closes it.
         */
        Arm: {
            /**
             * @default {
             *       "options": {}
             *     }
             */
            changes?: components["schemas"]["Changes"];
            /** Name */
            name: string;
            /**
             * Weight
             * @default 1
             */
            weight?: number;
        };
        /** ArmBody */
        ArmBody: {
            /**
             * @default {
             *       "options": {}
             *     }
             */
            changes?: components["schemas"]["ChangesBody"];
            /** Name */
            name: string;
            /**
             * Weight
             * @default 1
             */
            weight?: number;
        };
        /**
         * ArmResult
         * @description What the jobs of one arm show. A job's cost is the sum of its attempts' (micro-dollars), its time likewise
         *     (seconds, of attempts that came to a result); it is accepted when one of its attempts was. `rated` are those whose
         *     user said something, `satisfied` those of them whose user is (`bottega.analytics.feedback`).
         */
        ArmResult: {
            /**
             * Acceptance
             * @description 0 to 1, of the judged jobs.
             */
            readonly acceptance: number | null;
            readonly acceptance_interval: components["schemas"]["Interval"] | null;
            /**
             * Accepted
             * @default 0
             */
            accepted?: number;
            /** Arm */
            arm: string;
            /**
             * @default {
             *       "n": 0
             *     }
             */
            cost?: components["schemas"]["Moments"];
            /**
             * Jobs
             * @default 0
             */
            jobs?: number;
            /**
             * Judged
             * @default 0
             */
            judged?: number;
            /**
             * Rated
             * @default 0
             */
            rated?: number;
            /**
             * Satisfaction
             * @description 0 to 1, of the rated jobs.
             */
            readonly satisfaction: number | null;
            readonly satisfaction_interval: components["schemas"]["Interval"] | null;
            /**
             * Satisfied
             * @default 0
             */
            satisfied?: number;
            /**
             * @default {
             *       "n": 0
             *     }
             */
            seconds?: components["schemas"]["Moments"];
        };
        /** AssetAnswer */
        AssetAnswer: {
            /** Created At */
            created_at: number;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /**
             * Label
             * @default
             */
            label?: string;
            links: components["schemas"]["OutputLinks"];
            media: components["schemas"]["MediaInfo"];
            /** Name */
            name: string;
            /** Owner */
            owner: string;
            provenance?: components["schemas"]["Provenance"] | null;
            /** Size */
            size: number;
        };
        /**
         * AssetList
         * @description `next_before` continues the list; None at its end.
         */
        AssetList: {
            /** Assets */
            assets: components["schemas"]["AssetAnswer"][];
            /** Next Before */
            next_before?: number | null;
        };
        /** AssetsBody */
        AssetsBody: {
            /** Asset Ids */
            asset_ids: string[];
        };
        /**
         * Attempt
         * @description One candidate that was tried, and why it was left if it was.
         */
        Attempt: {
            /**
             * Cached
             * @default false
             */
            cached?: boolean;
            /**
             * Code
             * @default
             */
            code?: string;
            /**
             * Cost
             * @default 0
             */
            cost?: number;
            /** Model Id */
            model_id: string;
            /** Outcome */
            outcome: string;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /**
             * Seconds
             * @default 0
             */
            seconds?: number;
            verdict?: components["schemas"]["Verdict"] | null;
            /**
             * Workflow
             * @default
             */
            workflow?: string;
        };
        /** BatchAnswer */
        BatchAnswer: {
            /** Budget */
            budget?: number | null;
            /**
             * Budget Text
             * @default
             */
            budget_text?: string;
            /** Counts */
            counts: {
                [key: string]: number;
            };
            /** Created At */
            created_at: number;
            /** Done */
            done: number;
            /** Finished At */
            finished_at?: number | null;
            /** Id */
            id: string;
            links: components["schemas"]["BatchLinks"];
            /** Name */
            name: string;
            /** Owner */
            owner: string;
            /**
             * Pause On Error
             * @default false
             */
            pause_on_error?: boolean;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** Spent */
            spent: number;
            /** Spent Text */
            spent_text: string;
            state: components["schemas"]["BatchState"];
            /** Total */
            total: number;
        };
        /**
         * BatchBody
         * @description Pictures to make, each a job of its own. `prompts`, or variations of one `prompt`: `count` of them by `seed`, worded
         *     for a laser. The rest is for all of them; `max_cost_usd` is for each.
         */
        BatchBody: {
            /**
             * Count
             * @default 4
             */
            count?: number;
            /**
             * Fresh
             * @default false
             */
            fresh?: boolean;
            /** Laser Style */
            laser_style?: string | null;
            /** Max Cost Usd */
            max_cost_usd?: string | null;
            /** Model */
            model?: string | null;
            /** Options */
            options?: {
                [key: string]: unknown;
            };
            /** @default balanced */
            preference?: components["schemas"]["Preference"];
            /** Prompt */
            prompt?: string | null;
            /**
             * Prompts
             * @default []
             */
            prompts?: string[];
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Stay Local
             * @default false
             */
            stay_local?: boolean;
        };
        /**
         * BatchForm
         * @description The same as a form. `overrides`: by file name, what that item wants otherwise.
         */
        BatchForm: {
            /**
             * Budget Usd
             * @description What the whole may cost; the batch pauses before it would pass that.
             */
            budget_usd?: string | null;
            clip?: string[];
            /**
             * Format: binary
             * @description Columns prompt, file, option.*
             */
            csv?: string;
            /**
             * Fresh
             * @default false
             */
            fresh?: boolean;
            garment?: string[];
            image?: string[];
            mask?: string[];
            /**
             * Max Cost Usd
             * @description What each item may cost at most.
             */
            max_cost_usd?: string | null;
            /** Model */
            model?: string | null;
            /**
             * Name
             * @default
             */
            name?: string;
            /** @description JSON text. */
            options?: string;
            /** @description JSON text: by file name, an item's own wishes. */
            overrides?: string;
            /**
             * Pause On Error
             * @description Pause when an item comes to no good end.
             * @default false
             */
            pause_on_error?: boolean;
            /**
             * Paused
             * @description Accept it, and wait to be resumed.
             * @default false
             */
            paused?: boolean;
            person?: string[];
            /**
             * Preference
             * @enum {string}
             */
            preference?: "speed" | "balanced" | "quality";
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            reference?: string[];
            /**
             * Stay Local
             * @default false
             */
            stay_local?: boolean;
            /** Workflow */
            workflow?: string | null;
        };
        /** BatchItemAnswer */
        BatchItemAnswer: {
            /** Attempt */
            attempt: number;
            /**
             * Contents
             * @default []
             */
            contents?: string[];
            /**
             * Cost
             * @default 0
             */
            cost?: number;
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /** Job */
            job?: string | null;
            /** Job Id */
            job_id?: string | null;
            /** Key */
            key: string;
            /**
             * Model Id
             * @default
             */
            model_id?: string;
            /** Name */
            name: string;
            /** Number */
            number: number;
            /**
             * Outputs
             * @default []
             */
            outputs?: string[];
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            /** State */
            state: string;
        };
        /**
         * BatchItemList
         * @description `next_after` continues the list; None at its end.
         */
        BatchItemList: {
            /** Items */
            items: components["schemas"]["BatchItemAnswer"][];
            /** Next After */
            next_after?: number | null;
        };
        /** BatchLinks */
        BatchLinks: {
            /** Archive */
            archive: string;
            /** Events */
            events: string;
            /** Items */
            items: string;
            /** Self */
            self: string;
        };
        /**
         * BatchList
         * @description `next_before` continues the list; None at its end.
         */
        BatchList: {
            /** Batches */
            batches: components["schemas"]["BatchAnswer"][];
            /** Next Before */
            next_before?: number | null;
        };
        /**
         * BatchPlan
         * @description The price of the whole, by the first candidate of each item; `at_most` with every further attempt.
         */
        BatchPlan: {
            /** At Most */
            at_most: number;
            /** Items */
            items: components["schemas"]["ItemPlan"][];
            price: components["schemas"]["Price"];
            /** Problems */
            problems: number;
            /** Seconds */
            seconds?: number | null;
            /** Total */
            total: number;
        };
        /**
         * BatchState
         * @enum {string}
         */
        BatchState: "running" | "paused" | "finished" | "cancelled";
        /**
         * Board
         * @description `assets`: how many are on it, without those in the trash. `cover`: the one that was added last.
         */
        Board: {
            /**
             * Assets
             * @default 0
             */
            assets?: number;
            /** Cover */
            cover?: string | null;
            /** Created At */
            created_at: number;
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /** BoardBody */
        BoardBody: {
            /** Name */
            name: string;
        };
        /** BoardList */
        BoardList: {
            /** Boards */
            boards: components["schemas"]["Board"][];
        };
        /** Comparison */
        bottega__analytics__experiments__Comparison: {
            /** Against */
            against: string;
            /** Arm */
            arm: string;
            /** Conclusion */
            conclusion: string;
            difference: components["schemas"]["Difference"];
            /** Enough */
            enough: boolean;
        };
        /**
         * Comparison
         * @description The default classifier beside the keyword rules.
         */
        bottega__api__routes__enhanced__Comparison: {
            ai_classification: components["schemas"]["EnhancedAnswer"];
            differences: components["schemas"]["Differences"];
            existing_system: components["schemas"]["EnhancedAnswer"];
        };
        /**
         * BreakerRow
         * @description `state` is closed, open or half_open; `opens_again_at`: when a call is tried again.
         */
        BreakerRow: {
            /** Engine */
            engine: string;
            /** Failures */
            failures: number;
            /** Model */
            model: string;
            /** Opens Again At */
            opens_again_at: number | null;
            /** Reason */
            reason: string;
            /** State */
            state: string;
            /** Successes */
            successes: number;
        };
        /**
         * Budget
         * @description `subject` is an owner, a provider or a project, or `*` for each by itself; empty for the scope `total`. `cap` in
         *     micro-dollars.
         */
        Budget: {
            /** Cap */
            cap: number;
            /** Id */
            id: string;
            period: components["schemas"]["Period"];
            scope: components["schemas"]["BudgetScope"];
            /** Subject */
            subject: string;
        };
        /** BudgetBody */
        BudgetBody: {
            /**
             * Cap Usd
             * @description US dollars as text, such as 0.25.
             * @example 0.25
             */
            cap_usd: string;
            period: components["schemas"]["Period"];
            scope: components["schemas"]["BudgetScope"];
            /**
             * Subject
             * @description An owner, or * for each; empty for the scope total.
             * @default
             */
            subject?: string;
        };
        /**
         * BudgetList
         * @description `left` is what could be spent now, in micro-dollars; None when no budget applies.
         */
        BudgetList: {
            /** Budgets */
            budgets: components["schemas"]["BudgetUse"][];
            /** Left */
            left: number | null;
            /** Left Text */
            left_text: string;
        };
        /**
         * BudgetRow
         * @description A budget in its current window, micro-dollars; `ends_at` None: without end.
         */
        BudgetRow: {
            /** Budget Id */
            budget_id: string;
            /** Cap */
            cap: number;
            /** Ends At */
            ends_at: number | null;
            /** Held */
            held: number;
            /** Left */
            left: number;
            /** Period */
            period: string;
            /** Scope */
            scope: string;
            /** Spent */
            spent: number;
            /** Subject */
            subject: string;
            /** Used Share */
            used_share: number | null;
        };
        /**
         * BudgetScope
         * @enum {string}
         */
        BudgetScope: "user" | "provider" | "project" | "total";
        /**
         * BudgetUse
         * @description What one owner, provider or project (or, for the scope `total`, everybody) has of a budget in its current window.
         *
         *     Micro-dollars. `left` is never below 0. Times are seconds since the Unix epoch; `ends_at` is None for
         *     the period `total`.
         */
        BudgetUse: {
            budget: components["schemas"]["Budget"];
            /** Ends At */
            ends_at: number | null;
            /** Held */
            held: number;
            /** Left */
            left: number;
            /** Spent */
            spent: number;
            /** Starts At */
            starts_at: number;
            /** Subject */
            subject: string;
        };
        /** Candidate */
        Candidate: {
            /** Engine */
            engine: string;
            /** Leaves Machine */
            leaves_machine: boolean;
            /**
             * Licence
             * @default
             */
            licence?: string;
            /** Model Id */
            model_id: string;
            price: components["schemas"]["Price"];
            /** Quality */
            quality: number;
            /** Reasons */
            reasons: string[];
            /** Score */
            score: number;
            time: components["schemas"]["TimeEstimate"];
        };
        /**
         * ChangeReferenceBody
         * @description What is to change; the rest stays.
         */
        ChangeReferenceBody: {
            /** Kind */
            kind?: ("person" | "garment" | "place" | "style" | "other") | null;
            /** Name */
            name?: string | null;
        };
        /**
         * Changes
         * @description What an arm does otherwise; None (and no options): as it is done without the experiment.
         *
         *     `options` are defaults for what the user and the sentence leave open; `model` is the id of the model to try first,
         *     where it is a candidate at all; `learning` is whether routing tries out what it is not sure of.
         */
        Changes: {
            /** Classifier */
            classifier?: string | null;
            /** Learning */
            learning?: boolean | null;
            /** Model */
            model?: string | null;
            /** Options */
            options?: {
                [key: string]: unknown;
            };
            preference?: components["schemas"]["Preference"] | null;
        };
        /**
         * ChangesBody
         * @description What an arm does otherwise; nothing: as it is done without the experiment. What a user chooses always wins.
         */
        ChangesBody: {
            /** Classifier */
            classifier?: string | null;
            /** Learning */
            learning?: boolean | null;
            /**
             * Model
             * @description Tried first where it is a candidate.
             */
            model?: string | null;
            /** Options */
            options?: {
                [key: string]: unknown;
            };
            preference?: components["schemas"]["Preference"] | null;
        };
        /**
         * Checks
         * @description Findings by code, each with its sentence and what to do; None for a picture that was not sent.
         */
        Checks: {
            /** Garment */
            garment?: {
                [key: string]: unknown;
            } | null;
            /** Person */
            person?: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * ClassEntry
         * @description One class. `needs` must be at hand before the work can be done, unless it `works_without`; `gives` is what comes
         *     out; `tie_breaks` say where a neighbouring class begins; `examples` are sentences by language.
         */
        ClassEntry: {
            /** Description */
            description: string;
            /** Examples */
            examples: {
                [key: string]: string[];
            };
            /**
             * Gives
             * @enum {string}
             */
            gives: "picture" | "clip" | "machine files" | "words";
            name: components["schemas"]["WorkClass"];
            /**
             * Needs
             * @enum {string}
             */
            needs: "nothing" | "pictures" | "clips";
            /**
             * Subkinds
             * @default []
             */
            subkinds?: components["schemas"]["SubKind"][];
            /**
             * Tie Breaks
             * @default []
             */
            tie_breaks?: string[];
            /** Title */
            title: string;
            /**
             * Works Without
             * @default false
             */
            works_without?: boolean;
        };
        /**
         * ContextBody
         * @description How many pictures and clips are at hand, as whole numbers.
         */
        ContextBody: {
            /**
             * References
             * @default 0
             */
            references?: number;
            /**
             * Uploaded Images
             * @default 0
             */
            uploaded_images?: number;
            /**
             * Working Images
             * @default 0
             */
            working_images?: number;
            /**
             * Working Videos
             * @default 0
             */
            working_videos?: number;
        };
        /**
         * Diagnosis
         * @description `switches` are the settings that turn something on or off, or choose among a few; nothing secret is among them.
         */
        Diagnosis: {
            /** Checks */
            checks: components["schemas"]["Finding"][];
            /** Healthy */
            healthy: boolean;
            /** Switches */
            switches: {
                [key: string]: boolean | string;
            };
            /** Version */
            version: string;
        };
        /**
         * Difference
         * @description An arm minus the control, with its 95 % interval; None where there is too little for one.
         */
        Difference: {
            /** Acceptance */
            acceptance?: number | null;
            acceptance_interval?: components["schemas"]["Interval"] | null;
            /** Cost */
            cost?: number | null;
            cost_interval?: components["schemas"]["Interval"] | null;
            /** Satisfaction */
            satisfaction?: number | null;
            satisfaction_interval?: components["schemas"]["Interval"] | null;
            /** Seconds */
            seconds?: number | null;
            seconds_interval?: components["schemas"]["Interval"] | null;
        };
        /**
         * Differences
         * @description What is not the same in the two answers; `fields` holds both values of each such field.
         */
        Differences: {
            /** Fields */
            fields: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
            /** Model Selection */
            model_selection: boolean;
            /** Prompt Changes */
            prompt_changes: boolean;
            /** Workflow Type */
            workflow_type: boolean;
        };
        /** EngineState */
        EngineState: {
            /**
             * Hint
             * @default
             */
            hint?: string;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** Usable */
            usable: boolean;
        };
        /**
         * EnhancedAnswer
         * @description `success` says whether a model here can do it; if not, `error` says why, as in a problem document.
         *
         *     `final_prompt` is what would be sent: always the sentence as given. A suggestion for a short one stands beside it
         *     in `metadata.suggested_prompt`. Times are in seconds, costs in US dollars.
         */
        EnhancedAnswer: {
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /** Estimated Cost */
            estimated_cost?: number | null;
            /** Estimated Time */
            estimated_time?: number | null;
            /** Final Prompt */
            final_prompt: string;
            /** Intent Confidence */
            intent_confidence: number;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            model_selection: components["schemas"]["ModelSelection"];
            /** Processing Time */
            processing_time: number;
            /** Reasoning */
            reasoning: string;
            /**
             * References
             * @default []
             */
            references?: {
                [key: string]: unknown;
            }[];
            /** Success */
            success: boolean;
            /** Workflow Type */
            workflow_type: string;
        };
        /**
         * EnhancedBody
         * @description A sentence, and what the form beside it says.
         */
        EnhancedBody: {
            /** Prompt */
            prompt: string;
            /**
             * Use Ai Classification
             * @description False: the keyword rules decide instead of the default classifier.
             * @default true
             */
            use_ai_classification?: boolean;
            /**
             * User Preferences
             * @description `quality` is speed, balanced or quality; `style` and `format` are options of the workflow.
             */
            user_preferences?: {
                [key: string]: string;
            } | null;
            /**
             * Working Image Url
             * @description A public http or https address, or that of an asset of one's own.
             */
            working_image_url?: string | null;
        };
        /**
         * EntryKind
         * @description `overrun` is what a provider charged above the hold; `charge` is never more than was held.
         * @enum {string}
         */
        EntryKind: "hold" | "charge" | "release" | "overrun" | "unknown";
        /** EraseBody */
        EraseBody: {
            /**
             * Confirm
             * @description The owner's name as `GET /privacy` gives it: nothing comes back.
             */
            confirm: string;
        };
        /**
         * Erased
         * @description `records` were deleted and `anonymised` renamed to `alias`; `files` are gone from the disk, the others belong to
         *     somebody else as well.
         */
        Erased: {
            /** Alias */
            alias: string;
            /** Anonymised */
            anonymised: {
                [key: string]: number;
            };
            /** Files */
            files: number;
            /** Records */
            records: {
                [key: string]: number;
            };
        };
        /**
         * ExperimentBody
         * @description The first arm is the control. Without `workflow`: all of them.
         */
        ExperimentBody: {
            /** Arms */
            arms: components["schemas"]["ArmBody"][];
            /** Name */
            name: string;
            /** @default user */
            unit?: components["schemas"]["Unit"];
            /** Workflow */
            workflow?: string | null;
        };
        /** ExperimentList */
        ExperimentList: {
            /** Experiments */
            experiments: components["schemas"]["StoredExperiment"][];
        };
        /**
         * ExperimentState
         * @enum {string}
         */
        ExperimentState: "running" | "ended";
        /** ExperimentTag */
        ExperimentTag: {
            /** Arm */
            arm: string;
            /** Experiment */
            experiment: string;
        };
        /**
         * Feedback
         * @description Of one job. `workflow` and `model_id` are what made the result; `model_id` is empty where there is none.
         *     Times are seconds since the Unix epoch.
         */
        Feedback: {
            /** At */
            at: number;
            /** Changed At */
            changed_at: number;
            /**
             * Comment
             * @default
             */
            comment?: string;
            experiment?: components["schemas"]["ExperimentTag"] | null;
            /** Features */
            features?: {
                [key: string]: number;
            };
            /** Job Id */
            job_id: string;
            /** Model Id */
            model_id: string;
            /** Owner */
            owner: string;
            /** Stars */
            stars?: number | null;
            thumb?: components["schemas"]["Thumb"] | null;
            /** Workflow */
            workflow: string;
        };
        /**
         * FeedbackBody
         * @description What is not given stays as it was; null takes it back. `features` are ratings of single aspects, such as
         *     `colours` or `speed`, and are replaced together.
         */
        FeedbackBody: {
            /** Comment */
            comment?: string | null;
            /** Features */
            features?: {
                [key: string]: number;
            } | null;
            /** Job Id */
            job_id: string;
            /** Stars */
            stars?: number | null;
            thumb?: components["schemas"]["Thumb"] | null;
        };
        /**
         * FeedbackList
         * @description `next_before` continues the list; None at its end.
         */
        FeedbackList: {
            /** Feedback */
            feedback: components["schemas"]["Feedback"][];
            /** Next Before */
            next_before?: number | null;
        };
        /**
         * FieldError
         * @description `location` is `body`, `query`, `path` or `header`.
         */
        FieldError: {
            /** Field */
            field: string;
            /** Location */
            location: string;
            /** Message */
            message: string;
        };
        /**
         * Finding
         * @description `broken` is essential; `note` is worth knowing.
         */
        Finding: {
            /** Detail */
            detail: string;
            /**
             * Hint
             * @default
             */
            hint?: string;
            /** Name */
            name: string;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "note" | "broken";
        };
        /**
         * FitBody
         * @description Without measurements no size is advised: a photograph has no scale.
         */
        FitBody: {
            /**
             * Fit
             * @default regular
             * @enum {string}
             */
            fit?: "fitted" | "regular" | "loose";
            /**
             * Garment
             * @description Asset: the garment alone.
             */
            garment: string;
            /**
             * Made For
             * @default unisex
             * @enum {string}
             */
            made_for?: "women" | "men" | "unisex";
            /**
             * Mask
             * @description Asset: white where the garment is seen in `worn`; what a try-on hands on as its garment mask.
             */
            mask?: string | null;
            /** Measurements */
            measurements?: {
                [key: string]: string | number;
            };
            /**
             * Unit
             * @default cm
             * @enum {string}
             */
            unit?: "cm" | "in";
            /** Usual Size */
            usual_size?: string | null;
            /**
             * Worn
             * @description Asset: somebody wearing it, such as the picture that a try-on made.
             */
            worn: string;
        };
        /**
         * GalleryAnswer
         * @description `purge_at`: when it is removed for good, if it stays in the trash.
         */
        GalleryAnswer: {
            asset: components["schemas"]["AssetAnswer"];
            /** Deleted At */
            deleted_at?: number | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "upload" | "result";
            /**
             * Media
             * @enum {string}
             */
            media: "picture" | "clip" | "document";
            /** Model Id */
            model_id: string;
            /** Purge At */
            purge_at?: number | null;
            /** Starred */
            starred: boolean;
            /** Workflow */
            workflow: string;
        };
        /** GalleryFacets */
        GalleryFacets: {
            /** Models */
            models: string[];
            /** Workflows */
            workflows: string[];
        };
        /**
         * GalleryList
         * @description `next_cursor` continues the list; None at its end.
         */
        GalleryList: {
            /** Items */
            items: components["schemas"]["GalleryAnswer"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /**
         * Health
         * @description Whether this installation works; nothing in it is secret.
         */
        Health: {
            /** Database */
            database: {
                [key: string]: unknown;
            };
            /** Engines */
            engines: {
                [key: string]: components["schemas"]["EngineState"];
            };
            /** Jobs */
            jobs: {
                [key: string]: number;
            };
            /** Runner */
            runner: {
                [key: string]: unknown;
            };
            /** Status */
            status: string;
            /** Version */
            version: string;
        };
        /**
         * InputBody
         * @description An asset that was uploaded before, and what it is for.
         */
        InputBody: {
            /** Asset Id */
            asset_id: string;
            /** @default working */
            role?: components["schemas"]["Role"];
        };
        /**
         * InputRef
         * @description An asset in a role. `asset_id` is the content hash under which its owner stored it.
         */
        InputRef: {
            /** Asset Id */
            asset_id: string;
            role: components["schemas"]["Role"];
        };
        /**
         * InputSpec
         * @description How many files of a role a workflow takes.
         */
        InputSpec: {
            /** Description */
            description: string;
            /**
             * Maximum
             * @default 1
             */
            maximum?: number;
            /**
             * Minimum
             * @default 0
             */
            minimum?: number;
            role: components["schemas"]["Role"];
        };
        /**
         * Intent
         * @description `classifier` names who spoke: `user` (named the workflow), `rules`, `embedded`, or a language model.
         */
        Intent: {
            /** Classifier */
            classifier: string;
            /** Confidence */
            confidence: number;
            /**
             * Enhancement Needed
             * @default false
             */
            enhancement_needed?: boolean;
            /**
             * Flagged
             * @default []
             */
            flagged?: string[];
            /** Needs Clarification */
            needs_clarification?: string | null;
            /**
             * Out Of Scope
             * @default false
             */
            out_of_scope?: boolean;
            /** Reasoning */
            reasoning: string;
            /**
             * Requires Web Search
             * @default false
             */
            requires_web_search?: boolean;
            runner_up?: components["schemas"]["Alternative"] | null;
            /** Subkind */
            subkind?: string | null;
            /** Web Search Query */
            web_search_query?: string | null;
            workflow: components["schemas"]["WorkClass"];
        };
        /** IntentBody */
        IntentBody: {
            /**
             * Classifier
             * @description Another classifier than the default one.
             */
            classifier?: ("rules" | "embedded") | null;
            /**
             * @default {
             *       "working_images": 0,
             *       "uploaded_images": 0,
             *       "working_videos": 0,
             *       "references": 0
             *     }
             */
            context?: components["schemas"]["ContextBody"];
            /** Prompt */
            prompt: string;
        };
        /**
         * IntentMetrics
         * @description Counts since `since` (seconds since the Unix epoch, UTC). Rates are shares of 1, and 0 while there is nothing.
         *
         *     `classifications` are answers. `fallbacks` among them came from another classifier than the first because that
         *     one could not be used. `refused` were the caller's to mend (an empty sentence); `errors` were faults here. `cost`
         *     of language models in micro-dollars.
         */
        IntentMetrics: {
            /** By Classifier */
            by_classifier?: {
                [key: string]: number;
            };
            /** By Workflow */
            by_workflow?: {
                [key: string]: number;
            };
            /**
             * Cache Hit Rate
             * @default 0
             */
            cache_hit_rate?: number;
            /**
             * Cache Hits
             * @default 0
             */
            cache_hits?: number;
            /**
             * Classifications
             * @default 0
             */
            classifications?: number;
            /**
             * Cost
             * @default 0
             */
            cost?: number;
            /**
             * Error Rate
             * @default 0
             */
            error_rate?: number;
            /**
             * Errors
             * @default 0
             */
            errors?: number;
            /**
             * Fallback Rate
             * @default 0
             */
            fallback_rate?: number;
            /**
             * Fallbacks
             * @default 0
             */
            fallbacks?: number;
            /**
             * @default {
             *       "samples": 0,
             *       "p50": 0,
             *       "p95": 0,
             *       "p99": 0,
             *       "maximum": 0
             *     }
             */
            latency_ms?: components["schemas"]["Latencies"];
            /**
             * Refused
             * @default 0
             */
            refused?: number;
            /** Since */
            since: number;
        };
        /**
         * IntentRow
         * @description One figure of this process since its start.
         */
        IntentRow: {
            /** Metric */
            metric: string;
            /** Value */
            value: number;
        };
        Interval: [
            number,
            number
        ];
        /**
         * ItemChange
         * @description What is given replaces what was; the rest stays.
         */
        ItemChange: {
            /** Asset Id */
            asset_id?: string | null;
            /** Category */
            category?: ("top" | "bottom" | "dress" | "outerwear" | "shoes" | "accessory" | "other") | null;
            /** Colours */
            colours?: string[] | null;
            /** Kind */
            kind?: string | null;
            /** Name */
            name?: string | null;
            /** Notes */
            notes?: string | null;
            /** Seasons */
            seasons?: ("spring" | "summer" | "autumn" | "winter")[] | null;
        };
        /** ItemList */
        ItemList: {
            /** Items */
            items: components["schemas"]["WardrobeItem"][];
        };
        /**
         * ItemPlan
         * @description What an item would be: its price, or why it cannot be done.
         */
        ItemPlan: {
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            /** Key */
            key: string;
            /**
             * Model Id
             * @default
             */
            model_id?: string;
            /** Name */
            name: string;
            /** Number */
            number: number;
            price?: components["schemas"]["Price"] | null;
            /**
             * Workflow
             * @default
             */
            workflow?: string;
        };
        /** JobAnswer */
        JobAnswer: {
            /**
             * Cancel Requested
             * @default false
             */
            cancel_requested?: boolean;
            /**
             * Crashes
             * @default 0
             */
            crashes?: number;
            /** Created At */
            created_at: number;
            /** Error */
            error?: {
                [key: string]: unknown;
            } | null;
            experiment?: components["schemas"]["ExperimentTag"] | null;
            /** Finished At */
            finished_at?: number | null;
            /** Id */
            id: string;
            intent: components["schemas"]["Intent"];
            links: components["schemas"]["JobLinks"];
            /** Owner */
            owner: string;
            plan: components["schemas"]["Plan"];
            request: components["schemas"]["Request"];
            result?: components["schemas"]["JobResult"] | null;
            /** Started At */
            started_at?: number | null;
            state: components["schemas"]["JobState"];
        };
        /** JobLinks */
        JobLinks: {
            /** Cancel */
            cancel: string;
            /** Events */
            events: string;
            /**
             * Outputs
             * @default []
             */
            outputs?: string[];
            /** Retry */
            retry: string;
            /** Self */
            self: string;
        };
        /**
         * JobList
         * @description `next_before` continues the list; None at its end.
         */
        JobList: {
            /** Jobs */
            jobs: components["schemas"]["JobAnswer"][];
            /** Next Before */
            next_before?: number | null;
        };
        /**
         * JobResult
         * @description `outputs` are asset ids, the judged one first.
         *
         *     In a plan of several steps `outputs`, `cost`, `seconds` and `attempts` are those of all of them, what the last
         *     step made first; `before` is the result of the step before by itself. `cached`: nothing had to be made anew.
         */
        JobResult: {
            /**
             * Attempts
             * @default []
             */
            attempts?: components["schemas"]["Attempt"][];
            before?: components["schemas"]["JobResult"] | null;
            /**
             * Cached
             * @default false
             */
            cached?: boolean;
            /**
             * Cost
             * @default 0
             */
            cost?: number;
            /** Model Id */
            model_id: string;
            /** Outputs */
            outputs: string[];
            /** Report */
            report?: {
                [key: string]: unknown;
            };
            /**
             * Seconds
             * @default 0
             */
            seconds?: number;
            verdict: components["schemas"]["Verdict"];
        };
        /**
         * JobState
         * @enum {string}
         */
        JobState: "queued" | "running" | "succeeded" | "rejected" | "failed" | "cancelled" | "quarantined" | "unknown";
        /** KeyBody */
        KeyBody: {
            /**
             * Name
             * @description What the key is for.
             */
            name: string;
            /** Owner */
            owner: string;
            /**
             * Scopes
             * @default [
             *       "user"
             *     ]
             */
            scopes?: components["schemas"]["Scope"][];
        };
        /** KeyList */
        KeyList: {
            /** Keys */
            keys: components["schemas"]["ApiKey"][];
        };
        /** LaserChoices */
        LaserChoices: {
            /** Machines */
            machines: components["schemas"]["MachineChoice"][];
            /** Materials */
            materials: components["schemas"]["MaterialChoice"][];
        };
        /**
         * LaserPreview
         * @description `preview_png` is the burnt material (a box's first sheet), in base64, 900 pixels at most. `report` is the job's, with
         *     `readiness`. `toolpath` has what `toolpath.json` of the job has: points in mm on the sheet, y down.
         */
        LaserPreview: {
            /** Preview Png */
            preview_png: string;
            /** Report */
            report: {
                [key: string]: unknown;
            };
            /** Toolpath */
            toolpath: {
                [key: string]: unknown;
            };
        };
        /**
         * LaserPrompt
         * @description What to send to an image model, and what it is meant for.
         */
        LaserPrompt: {
            /**
             * Advice
             * @default []
             */
            advice?: components["schemas"]["Advice"][];
            /** Confidence */
            confidence: number;
            /** Negative Prompt */
            negative_prompt: string;
            /** Options */
            options: {
                [key: string]: unknown;
            };
            /** Original */
            original: string;
            /**
             * Process
             * @enum {string}
             */
            process: "engrave" | "score" | "cut";
            /** Prompt */
            prompt: string;
            /** Seed */
            seed?: number | null;
            /**
             * Style
             * @enum {string}
             */
            style: "line_art" | "silhouette" | "halftone" | "engraving" | "cutting" | "ornament";
            /**
             * Variation
             * @default
             */
            variation?: string;
        };
        /**
         * Latencies
         * @description Milliseconds from the question to the answer, cached answers included; percentiles by nearest rank over the
         *     last `samples` answers, all 0 while there are none.
         */
        Latencies: {
            /**
             * Maximum
             * @default 0
             */
            maximum?: number;
            /**
             * P50
             * @default 0
             */
            p50?: number;
            /**
             * P95
             * @default 0
             */
            p95?: number;
            /**
             * P99
             * @default 0
             */
            p99?: number;
            /**
             * Samples
             * @default 0
             */
            samples?: number;
        };
        /**
         * Latency
         * @enum {string}
         */
        Latency: "attempts" | "jobs";
        /**
         * LatencyRow
         * @description Seconds of those that came to a result; percentiles by nearest rank. Of an attempt: its working time; of a job:
         *     from its submission to its end.
         */
        LatencyRow: {
            /** Mean */
            mean: number;
            /** Model Id */
            model_id: string;
            /** P50 */
            p50: number;
            /** P95 */
            p95: number;
            /** P99 */
            p99: number;
            /** Runs */
            runs: number;
            /** Slowest */
            slowest: number;
            /** Workflow */
            workflow: string;
        };
        /**
         * LedgerEntry
         * @description One line of the ledger; lines are only ever added. `id` rises with time.
         */
        LedgerEntry: {
            /** Amount */
            amount: number;
            /** At */
            at: number;
            /** Evidence */
            evidence?: {
                [key: string]: unknown;
            };
            /** Hold Id */
            hold_id: string;
            /** Id */
            id: number;
            /** Job Id */
            job_id: string;
            kind: components["schemas"]["EntryKind"];
            /** Model Id */
            model_id: string;
            /** Owner */
            owner: string;
        };
        /**
         * LedgerList
         * @description `next_before` continues the list; None at its end.
         */
        LedgerList: {
            /** Entries */
            entries: components["schemas"]["LedgerEntry"][];
            /** Next Before */
            next_before?: number | null;
        };
        /** Looks */
        Looks: {
            /** Looks */
            looks: {
                [key: string]: unknown;
            }[];
            /** Missing */
            missing: {
                [key: string]: string;
            }[];
            /** Occasion */
            occasion: string;
        };
        /**
         * LooksBody
         * @description The budget is for a whole look; what is owned costs nothing.
         */
        LooksBody: {
            /**
             * Budget
             * @description Such as 200 EUR.
             * @default
             */
            budget?: string;
            /**
             * Count
             * @default 5
             */
            count?: number;
            /** Gender */
            gender?: ("female" | "male") | null;
            /**
             * Locked
             * @default []
             */
            locked?: string[];
            /**
             * Occasion
             * @default
             */
            occasion?: string;
            /**
             * Rain
             * @default false
             */
            rain?: boolean;
            /** Season */
            season?: ("spring" | "summer" | "autumn" | "winter") | null;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Source
             * @default both
             * @enum {string}
             */
            source?: "both" | "wardrobe" | "shops";
            /**
             * Styles
             * @default []
             */
            styles?: ("classic" | "trendy" | "bohemian" | "minimalist" | "edgy" | "romantic" | "sporty" | "business")[];
            /** Temperature C */
            temperature_c?: number | null;
        };
        /** MachineChoice */
        MachineChoice: {
            /** Id */
            id: string;
            /** Title */
            title: string;
        };
        /**
         * MaterialChoice
         * @description `machines` by what they can do with it; `cautions` by machine are why one cannot.
         */
        MaterialChoice: {
            /** Caution */
            caution: string;
            /** Cut */
            cut: string[];
            /** Engrave */
            engrave: string[];
            /** Id */
            id: string;
            /** Not With */
            not_with: {
                [key: string]: string;
            };
            /** Score */
            score: string[];
            /** Title */
            title: string;
        };
        /** Measure */
        Measure: {
            /** Name */
            name: string;
            /** Passed */
            passed: boolean;
            /**
             * Rule
             * @enum {string}
             */
            rule: "at_least" | "at_most";
            /** Threshold */
            threshold: number;
            /** Value */
            value: number;
            /** Why */
            why: string;
        };
        /**
         * MediaInfo
         * @description What was found in a file by looking at its content. Sizes in pixels, after EXIF orientation.
         */
        MediaInfo: {
            /**
             * Bit Depth
             * @default 8
             */
            bit_depth?: number;
            /** Frame Rate */
            frame_rate?: number | null;
            /**
             * Frames
             * @default 1
             */
            frames?: number;
            /**
             * Has Alpha
             * @default false
             */
            has_alpha?: boolean;
            /**
             * Has Audio
             * @default false
             */
            has_audio?: boolean;
            /** Height */
            height?: number | null;
            /** Media Type */
            media_type: string;
            /** Seconds */
            seconds?: number | null;
            /** Width */
            width?: number | null;
        };
        /**
         * ModelAnswer
         * @description One entry of the catalogue. `usable` is about its engine, at this moment.
         */
        ModelAnswer: {
            /** Ends */
            ends?: string | null;
            /** Engine */
            engine: string;
            /** Features */
            features: string[];
            /**
             * Hint
             * @default
             */
            hint?: string;
            /** Id */
            id: string;
            /** Leaves Machine */
            leaves_machine: boolean;
            /**
             * Licence
             * @default
             */
            licence?: string;
            /** Operations */
            operations: string[];
            /** Price */
            price: string;
            /** Price As Of */
            price_as_of?: string | null;
            /**
             * Price Source
             * @default
             */
            price_source?: string;
            /** Quality */
            quality: number;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** Replacement */
            replacement?: string | null;
            /** Status */
            status: string;
            /** Title */
            title: string;
            /** Usable */
            usable: boolean;
        };
        /** ModelList */
        ModelList: {
            /** Models */
            models: components["schemas"]["ModelAnswer"][];
        };
        /**
         * ModelSelection
         * @description The plan's first candidate and those behind it; all None where no model can do it, and `reasoning` says why.
         *
         *     `estimated_cost` is in US dollars and the most that it may cost, `estimated_time` in seconds (None: never measured).
         */
        ModelSelection: {
            /** Estimated Cost */
            estimated_cost?: number | null;
            /** Estimated Time */
            estimated_time?: number | null;
            /**
             * Fallback Models
             * @default []
             */
            fallback_models?: string[];
            /** Model Id */
            model_id?: string | null;
            /** Provider */
            provider?: string | null;
            /** Reasoning */
            reasoning: string;
        };
        /**
         * Moments
         * @description Number, mean and sample variance (n - 1) of a quantity; mean None without any, variance without two.
         */
        Moments: {
            /** Mean */
            mean?: number | null;
            /**
             * N
             * @default 0
             */
            n?: number;
            /** Variance */
            variance?: number | null;
        };
        /**
         * NewItem
         * @description `category` and `kind` are read from the name where they are left out. Colours are words or `#rrggbb`.
         */
        NewItem: {
            /**
             * Asset Id
             * @default
             */
            asset_id?: string;
            /** Category */
            category?: ("top" | "bottom" | "dress" | "outerwear" | "shoes" | "accessory" | "other") | null;
            /**
             * Colours
             * @default []
             */
            colours?: string[];
            /**
             * Kind
             * @default
             */
            kind?: string;
            /** Name */
            name: string;
            /**
             * Notes
             * @default
             */
            notes?: string;
            /**
             * Seasons
             * @default []
             */
            seasons?: ("spring" | "summer" | "autumn" | "winter")[];
        };
        /**
         * NewKeyAnswer
         * @description `secret` is shown this once and cannot be read again.
         */
        NewKeyAnswer: {
            /** Key Id */
            key_id: string;
            /** Name */
            name: string;
            /** Owner */
            owner: string;
            /** Scopes */
            scopes: components["schemas"]["Scope"][];
            /** Secret */
            secret: string;
        };
        /**
         * NewReferenceBody
         * @description A name for an asset of one's own, or for a picture at a public address; one of the two.
         */
        NewReferenceBody: {
            /** Asset Id */
            asset_id?: string | null;
            /**
             * Kind
             * @default other
             * @enum {string}
             */
            kind?: "person" | "garment" | "place" | "style" | "other";
            /**
             * Name
             * @description 1 to 40 letters, digits, _ and -.
             */
            name: string;
            /**
             * Replace
             * @description Give the name to this picture if another has it.
             * @default false
             */
            replace?: boolean;
            /** Url */
            url?: string | null;
        };
        /**
         * NewReferenceForm
         * @description A name for the picture that comes with it.
         */
        NewReferenceForm: {
            /** Format: binary */
            image: string;
            /**
             * Kind
             * @default other
             * @enum {string}
             */
            kind?: "person" | "garment" | "place" | "style" | "other";
            /**
             * Name
             * @description 1 to 40 letters, digits, _ and -.
             */
            name: string;
            /**
             * Replace
             * @description Give the name to this picture if another has it.
             * @default false
             */
            replace?: boolean;
        };
        /** OutputLinks */
        OutputLinks: {
            /** Asset */
            asset: string;
            /** Content */
            content: string;
            /** Thumbnail */
            thumbnail?: string | null;
        };
        /**
         * Period
         * @description Calendar windows in UTC; `total` is one window without end.
         * @enum {string}
         */
        Period: "hour" | "day" | "month" | "total";
        /**
         * Pieces
         * @description `ruled_out` counts what each hard filter took away.
         */
        Pieces: {
            /** Pieces */
            pieces: {
                [key: string]: unknown;
            }[];
            /** Ruled Out */
            ruled_out: {
                [key: string]: number;
            };
        };
        /**
         * PiecesBody
         * @description The budget is for one piece.
         */
        PiecesBody: {
            /**
             * Budget
             * @description Such as 200 EUR.
             * @default
             */
            budget?: string;
            /** Gender */
            gender?: ("female" | "male") | null;
            /**
             * Limit
             * @default 10
             */
            limit?: number;
            /**
             * Occasion
             * @default
             */
            occasion?: string;
            /**
             * Rain
             * @default false
             */
            rain?: boolean;
            /** Season */
            season?: ("spring" | "summer" | "autumn" | "winter") | null;
            /**
             * Styles
             * @default []
             */
            styles?: ("classic" | "trendy" | "bohemian" | "minimalist" | "edgy" | "romantic" | "sporty" | "business")[];
            /** Temperature C */
            temperature_c?: number | null;
            /**
             * With Wardrobe
             * @default false
             */
            with_wardrobe?: boolean;
        };
        /**
         * Plan
         * @description `first` is the candidate that is tried first; `steps` are this plan and those before it, in the order of the work.
         *
         *     `price`, `time`, `most` and `sent_to` are those of all steps together.
         */
        Plan: {
            before?: components["schemas"]["Plan"] | null;
            /** Candidates */
            candidates: components["schemas"]["Candidate"][];
            looks?: components["schemas"]["VisionLooks"] | null;
            /** Options */
            options: {
                [key: string]: unknown;
            };
            /**
             * Options Read
             * @default []
             */
            options_read?: string[];
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            role?: components["schemas"]["Role"] | null;
            /**
             * Ruled Out
             * @default []
             */
            ruled_out?: components["schemas"]["RuledOut"][];
            /** Workflow */
            workflow: string;
        };
        /**
         * PlanAnswer
         * @description `request` is what to send to run exactly this, with the pictures that its sentence mentions among the inputs.
         *     `notes` are for people.
         */
        PlanAnswer: {
            intent: components["schemas"]["Intent"];
            /**
             * Notes
             * @default []
             */
            notes?: string[];
            plan: components["schemas"]["Plan"];
            price: components["schemas"]["PriceAnswer"];
            request: components["schemas"]["Request"];
        };
        /**
         * Preference
         * @enum {string}
         */
        Preference: "speed" | "balanced" | "quality";
        /**
         * Preferences
         * @description An empty language: the browser's own.
         */
        Preferences: {
            /**
             * Language
             * @default
             */
            language?: string;
            /**
             * Mode
             * @default simple
             * @enum {string}
             */
            mode?: "simple" | "expert";
            /**
             * Theme
             * @default system
             * @enum {string}
             */
            theme?: "system" | "light" | "dark";
        };
        /**
         * PreferencesBody
         * @description What is to change; the rest stays.
         */
        PreferencesBody: {
            /** Language */
            language?: string | null;
            /** Mode */
            mode?: ("simple" | "expert") | null;
            /** Theme */
            theme?: ("system" | "light" | "dark") | null;
        };
        /**
         * PreviewBody
         * @description The options of the workflow `laser`, and the asset to work on, where the process takes one. What `prompt` says is
         *     checked for materials that must never be lasered; it decides nothing.
         */
        PreviewBody: {
            /** Asset Id */
            asset_id?: string | null;
            /** Options */
            options?: {
                [key: string]: unknown;
            };
            /**
             * Prompt
             * @default
             */
            prompt?: string;
        };
        /**
         * Price
         * @description What a call may cost, in micro-dollars. `basis` says where the range comes from.
         */
        Price: {
            /**
             * Basis
             * @default free
             * @enum {string}
             */
            basis?: "free" | "fixed" | "per-unit" | "metered";
            /**
             * High
             * @default 0
             */
            high?: number;
            /**
             * Likely
             * @default 0
             */
            likely?: number;
            /**
             * Low
             * @default 0
             */
            low?: number;
        };
        /**
         * PriceAnswer
         * @description What the first candidate of every step costs, in micro-dollars and in words.
         */
        PriceAnswer: {
            /** Basis */
            basis: string;
            /** High */
            high: number;
            /** Likely */
            likely: number;
            /** Low */
            low: number;
            /** Text */
            text: string;
        };
        /**
         * PrivacyTerms
         * @description 0 hours: a person's picture goes as soon as its job has ended. What is saved, and results, stay.
         */
        PrivacyTerms: {
            /** Owner */
            owner: string;
            /** Person Pictures Hours */
            person_pictures_hours: number;
        };
        /**
         * Problem
         * @description RFC 9457, with what an error means for money and what to do next.
         */
        Problem: {
            /** Category */
            category: string;
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Details */
            details: {
                [key: string]: unknown;
            };
            /**
             * Errors
             * @default []
             */
            errors?: components["schemas"]["FieldError"][];
            /** Hint */
            hint: string;
            /** Instance */
            instance: string;
            /** Money */
            money: string;
            /** Retryable */
            retryable: boolean;
            /** Severity */
            severity: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @example urn:bottega:problem:not-found
             */
            type: string;
        };
        /**
         * ProductList
         * @description `understood` are the filters as they were applied, `matched` how the words were found, `corrected` the near words
         *     that were taken for unknown ones.
         */
        ProductList: {
            /** Corrected */
            corrected: {
                [key: string]: string[];
            };
            /** Matched */
            matched: string;
            /**
             * Partners
             * @default []
             */
            partners?: {
                [key: string]: unknown;
            }[];
            /** Products */
            products: {
                [key: string]: unknown;
            }[];
            /** Understood */
            understood: {
                [key: string]: unknown;
            };
        };
        /**
         * PromptBody
         * @description A wish. `style` is one of the templates; without, the words decide.
         */
        PromptBody: {
            /** Prompt */
            prompt: string;
            /** Style */
            style?: string | null;
        };
        /**
         * PromptCheck
         * @description `style` is what the words ask for. A wish that the content policy refuses is not allowed either.
         */
        PromptCheck: {
            /**
             * Advice
             * @default []
             */
            advice?: components["schemas"]["Advice"][];
            /** Allowed */
            allowed: boolean;
            /**
             * Hint
             * @default
             */
            hint?: string;
            /**
             * Refusal
             * @default
             */
            refusal?: string;
            style: components["schemas"]["Style"];
        };
        /**
         * Provenance
         * @description Where a derived file comes from; written into the file and kept with the asset.
         *
         *     `digital_source_type` is a term of the IPTC NewsCodes vocabulary of that name.
         */
        Provenance: {
            /**
             * Digital Source Type
             * @default
             */
            digital_source_type?: string;
            /**
             * Engine
             * @default
             */
            engine?: string;
            /**
             * Job Id
             * @default
             */
            job_id?: string;
            /**
             * Model Id
             * @default
             */
            model_id?: string;
            /** Parameters */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Parents
             * @default []
             */
            parents?: string[];
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            /**
             * Software
             * @default Bottega
             */
            software?: string;
            /**
             * Workflow
             * @default
             */
            workflow?: string;
        };
        /**
         * Queue
         * @description Jobs of this installation by state, and how many this process is running.
         */
        Queue: {
            /** Jobs */
            jobs: {
                [key: string]: number;
            };
            /** Running */
            running: number;
            /** Waiting */
            waiting: number;
        };
        /**
         * RateRow
         * @description Jobs that ended. A fallback is a result that is not of the plan's first candidate; an error a job that failed.
         */
        RateRow: {
            /** Cache Hit Rate */
            cache_hit_rate: number;
            /** Cache Hits */
            cache_hits: number;
            /** Error Rate */
            error_rate: number;
            /** Errors */
            errors: number;
            /** Fallback Rate */
            fallback_rate: number;
            /** Fallbacks */
            fallbacks: number;
            /** Jobs */
            jobs: number;
            /** Workflow */
            workflow: string;
        };
        /**
         * ReferenceAnswer
         * @description `role` is what the picture is for in a request whose sentence has the `mention`.
         */
        ReferenceAnswer: {
            /** Asset Id */
            asset_id: string;
            /** Created At */
            created_at: number;
            kind: components["schemas"]["ReferenceKind"];
            links: components["schemas"]["OutputLinks"];
            /** Mention */
            mention: string;
            /** Name */
            name: string;
            role: components["schemas"]["Role"];
        };
        /**
         * ReferenceKind
         * @enum {string}
         */
        ReferenceKind: "person" | "garment" | "place" | "style" | "other";
        /** ReferenceList */
        ReferenceList: {
            /** References */
            references: components["schemas"]["ReferenceAnswer"][];
        };
        /** RefusalRow */
        RefusalRow: {
            /** Category */
            category: string;
            /** Refusals */
            refusals: number;
        };
        /**
         * Request
         * @description Everything that decides what is done, so that a request can be run again as it was.
         *
         *     `workflow` given by the user skips the classification. `options` are those of the workflow; what the
         *     sentence says fills the ones not given. `max_cost` caps this one job, in micro-dollars.
         */
        Request: {
            /**
             * Fresh
             * @default false
             */
            fresh?: boolean;
            /**
             * Inputs
             * @default []
             */
            inputs?: components["schemas"]["InputRef"][];
            /** Max Cost */
            max_cost?: number | null;
            /** Model */
            model?: string | null;
            /** Options */
            options?: {
                [key: string]: unknown;
            };
            /** @default balanced */
            preference?: components["schemas"]["Preference"];
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            /**
             * Stay Local
             * @default false
             */
            stay_local?: boolean;
            /** Workflow */
            workflow?: string | null;
        };
        /**
         * RequestRow
         * @description Jobs by the day on which they were submitted, by how they stand now; `refused` by the content policy before they
         *     became jobs. `open`: waiting or running; `stuck`: quarantined, or a paid call's answer was lost.
         */
        RequestRow: {
            /**
             * Cancelled
             * @default 0
             */
            cancelled?: number;
            /**
             * Day
             * Format: date
             */
            day: string;
            /**
             * Failed
             * @default 0
             */
            failed?: number;
            /**
             * Jobs
             * @default 0
             */
            jobs?: number;
            /**
             * Open
             * @default 0
             */
            open?: number;
            /**
             * Refused
             * @default 0
             */
            refused?: number;
            /**
             * Rejected
             * @default 0
             */
            rejected?: number;
            /**
             * Stuck
             * @default 0
             */
            stuck?: number;
            /**
             * Succeeded
             * @default 0
             */
            succeeded?: number;
        };
        /**
         * ResultsAnswer
         * @description Each other arm is compared with the control. Costs in micro-dollars, times in seconds, shares 0 to 1 with their
         *     95 % intervals.
         */
        ResultsAnswer: {
            /** Arms */
            arms: components["schemas"]["ArmResult"][];
            /** Comparisons */
            comparisons: components["schemas"]["bottega__analytics__experiments__Comparison"][];
            experiment: components["schemas"]["StoredExperiment"];
        };
        /** ResumeBody */
        ResumeBody: {
            /** Budget Usd */
            budget_usd?: string | null;
        };
        /**
         * Role
         * @description What an input picture is for.
         * @enum {string}
         */
        Role: "working" | "person" | "garment" | "reference" | "mask" | "clip";
        /** RuledOut */
        RuledOut: {
            /** Engine */
            engine: string;
            /**
             * Hint
             * @default
             */
            hint?: string;
            /** Model Id */
            model_id: string;
            /** Reason */
            reason: string;
        };
        /**
         * SatisfactionBy
         * @enum {string}
         */
        SatisfactionBy: "workflow" | "model" | "day" | "feature";
        /**
         * SatisfactionRow
         * @description What users say. `positive` are four stars or more, `positive_share` is of those with stars; `satisfaction` counts
         *     thumbs as well, where there are no stars. Of the names those that it was asked by, the others None.
         */
        SatisfactionRow: {
            /** Day */
            day?: string | null;
            /**
             * Dislikes
             * @default 0
             */
            dislikes?: number;
            /** Feature */
            feature?: string | null;
            /**
             * Likes
             * @default 0
             */
            likes?: number;
            /** Mean Stars */
            mean_stars: number | null;
            /** Model Id */
            model_id?: string | null;
            /** Positive */
            positive: number;
            /** Positive Share */
            positive_share: number | null;
            /** Ratings */
            ratings: number;
            /** Satisfaction */
            satisfaction: number | null;
            /** Workflow */
            workflow?: string | null;
        };
        /**
         * Scope
         * @enum {string}
         */
        Scope: "user" | "admin";
        /**
         * SearchBody
         * @description As the query of GET, with a vector that offers' own vectors are compared with.
         */
        SearchBody: {
            /**
             * Live
             * @description Ask the partners as well.
             * @default false
             */
            live?: boolean;
            request: components["schemas"]["SearchRequest"];
        };
        /**
         * SearchRequest
         * @description Filters given here go before those that the sentence says. Prices are in the currency's major unit, as people say
         *     them; `colour` is a word or `#rrggbb`. `vector` is compared with the offers' vectors of `vector_kind`.
         */
        SearchRequest: {
            /**
             * Brand
             * @default
             */
            brand?: string;
            /** Category */
            category?: ("top" | "bottom" | "dress" | "outerwear" | "shoes" | "accessory" | "other") | null;
            /**
             * Colour
             * @default
             */
            colour?: string;
            /**
             * Colour Distance
             * @default 20
             */
            colour_distance?: number;
            /**
             * Currency
             * @default
             */
            currency?: string;
            /**
             * Gender
             * @default
             * @enum {string}
             */
            gender?: "female" | "male" | "unisex" | "";
            /**
             * In Stock
             * @default true
             */
            in_stock?: boolean;
            /** Least Price */
            least_price?: number | string | null;
            /**
             * Limit
             * @default 20
             */
            limit?: number;
            /** Most Price */
            most_price?: number | string | null;
            /**
             * Shop
             * @default
             */
            shop?: string;
            /**
             * Sizes
             * @default []
             */
            sizes?: string[];
            /**
             * Text
             * @default
             */
            text?: string;
            /**
             * Vector
             * @default []
             */
            vector?: number[];
            /**
             * Vector Kind
             * @default image
             */
            vector_kind?: string;
        };
        /**
         * SessionAnswer
         * @description `how`: a `session`, a `key` in the request itself, or the `local` user of this machine, who needs neither.
         *
         *     `csrf_token` goes into the header X-CSRF-Token of every request that changes something; empty where none is needed.
         */
        SessionAnswer: {
            /** Admin */
            admin: boolean;
            /**
             * Csrf Token
             * @default
             */
            csrf_token?: string;
            /** Expires At */
            expires_at?: number | null;
            /**
             * How
             * @enum {string}
             */
            how: "session" | "key" | "local";
            /** Owner */
            owner: string;
        };
        /** SessionBody */
        SessionBody: {
            /**
             * Key
             * @description An API key, `btg_...`.
             */
            key: string;
        };
        /** SizeBody */
        SizeBody: {
            /**
             * Fit
             * @default regular
             * @enum {string}
             */
            fit?: "fitted" | "regular" | "loose";
            /**
             * Garment Kind
             * @enum {string}
             */
            garment_kind: "tops" | "bottoms" | "dresses" | "outerwear" | "shoes";
            /**
             * Made For
             * @default unisex
             * @enum {string}
             */
            made_for?: "women" | "men" | "unisex";
            /**
             * Measurements
             * @description Such as bust, waist, hips, height, foot_length; lengths like 88cm or 34.5in.
             */
            measurements: {
                [key: string]: string | number;
            };
            /**
             * Unit
             * @description Of bare numbers.
             * @default cm
             * @enum {string}
             */
            unit?: "cm" | "in";
            /**
             * Usual Size
             * @description What you usually take.
             */
            usual_size?: string | null;
        };
        /**
         * SpendBy
         * @enum {string}
         */
        SpendBy: "day" | "model" | "user";
        /**
         * SpendRow
         * @description What was charged, overruns included; of the three names those that it was asked by, the others None.
         */
        SpendRow: {
            /** Charges */
            charges: number;
            /** Day */
            day?: string | null;
            /** Model Id */
            model_id?: string | null;
            /** Owner */
            owner?: string | null;
            /** Spent */
            spent: number;
        };
        /** StarBody */
        StarBody: {
            /** Asset Ids */
            asset_ids: string[];
            /**
             * Starred
             * @default true
             */
            starred?: boolean;
        };
        /**
         * StoredExperiment
         * @description The first arm is the control. `workflow` None: all of them. Times are seconds since the Unix epoch.
         */
        StoredExperiment: {
            /** Arms */
            arms: components["schemas"]["Arm"][];
            /**
             * Created At
             * @default 0
             */
            created_at?: number;
            /** Ended At */
            ended_at?: number | null;
            /** Name */
            name: string;
            /** @default running */
            state?: components["schemas"]["ExperimentState"];
            /** @default user */
            unit?: components["schemas"]["Unit"];
            /** Workflow */
            workflow?: string | null;
        };
        /**
         * Style
         * @description The style that a wish asks for, with the words that said so; without any, the default at confidence 0.3.
         */
        Style: {
            /** Confidence */
            confidence: number;
            /**
             * Id
             * @enum {string}
             */
            id: "line_art" | "silhouette" | "halftone" | "engraving" | "cutting" | "ornament";
            /** Scores */
            scores?: {
                [key: string]: number;
            };
            /**
             * Words
             * @default []
             */
            words?: string[];
        };
        /** SubKind */
        SubKind: {
            /** Description */
            description: string;
            /** Name */
            name: string;
            /** Title */
            title: string;
        };
        /**
         * SubmitBody
         * @description What is to be done. Without `workflow`, the sentence decides.
         */
        SubmitBody: {
            /**
             * Fresh
             * @description Do the work again even when the result is known.
             * @default false
             */
            fresh?: boolean;
            /**
             * Inputs
             * @default []
             */
            inputs?: components["schemas"]["InputBody"][];
            /**
             * Max Cost Usd
             * @description What this job may cost at most.
             */
            max_cost_usd?: string | null;
            /**
             * Model
             * @description The only model that may do it; without, the plan decides.
             */
            model?: string | null;
            /**
             * Options
             * @description Options of the workflow; see GET /api/v1/workflows.
             */
            options?: {
                [key: string]: unknown;
            };
            /** @default balanced */
            preference?: components["schemas"]["Preference"];
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            /**
             * Stay Local
             * @description Use only engines that send nothing to somebody else.
             * @default false
             */
            stay_local?: boolean;
            /** Workflow */
            workflow?: string | null;
        };
        /**
         * SubmitForm
         * @description The same as a form, with files. Stored as assets before anything is decided.
         */
        SubmitForm: {
            /**
             * Clip
             * @default []
             */
            clip?: string[];
            /**
             * Fresh
             * @default false
             */
            fresh?: boolean;
            /**
             * Garment
             * @default []
             */
            garment?: string[];
            /**
             * Image
             * @description Pictures to work on.
             * @default []
             */
            image?: string[];
            /**
             * Mask
             * @default []
             */
            mask?: string[];
            /** Max Cost Usd */
            max_cost_usd?: string | null;
            /**
             * Model
             * @default
             */
            model?: string;
            /**
             * Options
             * @description Options of the workflow, as JSON text.
             * @default
             */
            options?: string;
            /**
             * Person
             * @default []
             */
            person?: string[];
            /** @default balanced */
            preference?: components["schemas"]["Preference"];
            /**
             * Prompt
             * @default
             */
            prompt?: string;
            /**
             * Reference
             * @default []
             */
            reference?: string[];
            /**
             * Stay Local
             * @default false
             */
            stay_local?: boolean;
            /**
             * Workflow
             * @default
             */
            workflow?: string;
        };
        /** Table[AlertRow] */
        Table_AlertRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["AlertRow"][];
        };
        /** Table[BreakerRow] */
        Table_BreakerRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["BreakerRow"][];
        };
        /** Table[BudgetRow] */
        Table_BudgetRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["BudgetRow"][];
        };
        /** Table[IntentRow] */
        Table_IntentRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["IntentRow"][];
        };
        /** Table[LatencyRow] */
        Table_LatencyRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["LatencyRow"][];
        };
        /** Table[RateRow] */
        Table_RateRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["RateRow"][];
        };
        /** Table[RefusalRow] */
        Table_RefusalRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["RefusalRow"][];
        };
        /** Table[RequestRow] */
        Table_RequestRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["RequestRow"][];
        };
        /** Table[SatisfactionRow] */
        Table_SatisfactionRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["SatisfactionRow"][];
        };
        /** Table[SpendRow] */
        Table_SpendRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["SpendRow"][];
        };
        /** Table[VerdictRow] */
        Table_VerdictRow_: {
            /**
             * Rows
             * @description The same columns in the CSV form.
             */
            rows: components["schemas"]["VerdictRow"][];
        };
        /**
         * Template
         * @description A way of asking. `{subject}` in `prompt` is the wish; `process` is what the laser does with the picture.
         */
        Template: {
            /** Engraving */
            engraving: {
                [key: string]: unknown;
            };
            /**
             * Id
             * @enum {string}
             */
            id: "line_art" | "silhouette" | "halftone" | "engraving" | "cutting" | "ornament";
            /** Negative */
            negative: string;
            /**
             * Process
             * @enum {string}
             */
            process: "engrave" | "score" | "cut";
            /** Prompt */
            prompt: string;
            /** Summary */
            summary: string;
            /** Title */
            title: string;
            /** Variations */
            variations: string[];
            /** Words */
            words: string[];
        };
        /** TemplateList */
        TemplateList: {
            /** Templates */
            templates: components["schemas"]["Template"][];
        };
        /**
         * Thumb
         * @enum {string}
         */
        Thumb: "up" | "down";
        /**
         * TimeEstimate
         * @description Seconds for one attempt. `basis` is `measured` (this machine's own history, `samples` runs),
         *     `prior` (the catalogue) or `unknown` (never run here and no prior: `seconds` is None).
         */
        TimeEstimate: {
            /**
             * Basis
             * @default unknown
             */
            basis?: string;
            /**
             * Samples
             * @default 0
             */
            samples?: number;
            /** Seconds */
            seconds?: number | null;
        };
        /**
         * TrashAnswer
         * @description `purge_at`: until then it can be undone.
         */
        TrashAnswer: {
            /** Asset Ids */
            asset_ids: string[];
            /** Purge At */
            purge_at?: number | null;
        };
        /**
         * Unit
         * @description What keeps its arm: a user with all requests, or each request (the same sentence and pictures) by itself.
         * @enum {string}
         */
        Unit: "user" | "request";
        /** VariationList */
        VariationList: {
            /** Variations */
            variations: components["schemas"]["LaserPrompt"][];
        };
        /**
         * VariationsBody
         * @description The same `seed` gives the same variations.
         */
        VariationsBody: {
            /**
             * Count
             * @default 4
             */
            count?: number;
            /** Prompt */
            prompt: string;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /** Style */
            style?: string | null;
        };
        /**
         * VectorsBody
         * @description Vectors of offers by their ids, made by a model of the caller's; those of one `kind` are compared with each other.
         */
        VectorsBody: {
            /**
             * Kind
             * @default image
             */
            kind?: string;
            /**
             * Seller
             * @description The shop's name.
             */
            seller: string;
            /** Vectors */
            vectors: {
                [key: string]: number[];
            };
        };
        /**
         * VectorsKept
         * @description `unknown`: ids that this shop does not have.
         */
        VectorsKept: {
            /** Unknown */
            unknown: string[];
        };
        /**
         * Verdict
         * @description `score` is the share of the criteria met, 0 to 1; None when nothing was judged.
         */
        Verdict: {
            /**
             * Measures
             * @default []
             */
            measures?: components["schemas"]["Measure"][];
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** Rubric */
            rubric: string;
            /** Score */
            score?: number | null;
            state: components["schemas"]["VerdictState"];
        };
        /**
         * VerdictRow
         * @description Attempts of a model. `failed` came to no result; `acceptance` is the accepted share of the judged ones.
         */
        VerdictRow: {
            /** Acceptance */
            acceptance: number | null;
            /** Accepted */
            accepted: number;
            /** Attempts */
            attempts: number;
            /** Cost */
            cost: number;
            /** Failed */
            failed: number;
            /** Failure Rate */
            failure_rate: number;
            /** Model Id */
            model_id: string;
            /** Not Judged */
            not_judged: number;
            /** Rejected */
            rejected: number;
            /** Workflow */
            workflow: string;
        };
        /**
         * VerdictState
         * @enum {string}
         */
        VerdictState: "accepted" | "rejected" | "not judged";
        /**
         * VisionLooks
         * @description What a vision model sees of the work, and what it is paid for it at most.
         *
         *     `models`: the one that is asked, then those that are asked where it cannot be; `sent_to`: their vendors, where they are
         *     not this machine.
         */
        VisionLooks: {
            /**
             * @default {
             *       "low": 0,
             *       "likely": 0,
             *       "high": 0,
             *       "basis": "free"
             *     }
             */
            before?: components["schemas"]["Price"];
            /**
             * @default {
             *       "low": 0,
             *       "likely": 0,
             *       "high": 0,
             *       "basis": "free"
             *     }
             */
            each?: components["schemas"]["Price"];
            /** Models */
            models: string[];
            /** Sent To */
            sent_to: string[];
        };
        /**
         * WardrobeItem
         * @description Times are seconds since the Unix epoch.
         */
        WardrobeItem: {
            /** Asset Id */
            asset_id: string;
            /**
             * Category
             * @enum {string}
             */
            category: "top" | "bottom" | "dress" | "outerwear" | "shoes" | "accessory" | "other";
            /** Changed At */
            changed_at: number;
            /** Colours */
            colours: string[];
            /** Created At */
            created_at: number;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Notes */
            notes: string;
            /** Owner */
            owner: string;
            /** Seasons */
            seasons: ("spring" | "summer" | "autumn" | "winter")[];
        };
        /**
         * WebReference
         * @description A picture somewhere on the web. `source_url` is the page it stands on, as far as the service names one.
         */
        WebReference: {
            /**
             * Licence
             * @default licence unknown: check before commercial use
             */
            licence?: string;
            /** Picture Url */
            picture_url: string;
            /** Source Url */
            source_url: string | null;
            /** Title */
            title: string;
        };
        /**
         * WebReferenceList
         * @description What stands behind a picture's address is checked only when it is fetched.
         */
        WebReferenceList: {
            /** Query */
            query: string;
            /** Results */
            results: components["schemas"]["WebReference"][];
        };
        /**
         * WorkClass
         * @description The taxonomy; the names are part of the API.
         * @enum {string}
         */
        WorkClass: "image_generation" | "image_editing" | "image_enhancement" | "style_transfer" | "hair_styling" | "reference_styling" | "image_to_video" | "text_to_video" | "video_generation" | "video_enhancement" | "laser" | "style_advice" | "outfit";
        /**
         * WorkflowAnswer
         * @description `available`: whether some engine could do at least one of the examples now; if not, `reason` says why.
         */
        WorkflowAnswer: {
            /** Available */
            available: boolean;
            /** Examples */
            examples: string[];
            /**
             * Hint
             * @default
             */
            hint?: string;
            /** Inputs */
            inputs: components["schemas"]["InputSpec"][];
            /** Name */
            name: string;
            /**
             * Options
             * @description JSON schema of the options.
             */
            options: {
                [key: string]: unknown;
            };
            /**
             * Reason
             * @default
             */
            reason?: string;
            /** Summary */
            summary: string;
            /** Title */
            title: string;
        };
        /** WorkflowList */
        WorkflowList: {
            /** Workflows */
            workflows: components["schemas"]["WorkflowAnswer"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    generate_in_cloud: {
        parameters: {
            query?: {
                /** @description Word the sentence for a laser: a template's id, or `auto`. */
                laser_style?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitBody"];
                "multipart/form-data": components["schemas"]["SubmitForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    list_cloud_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
        };
    };
    generate_picture: {
        parameters: {
            query?: {
                /** @description Word the sentence for a laser: a template's id, or `auto`. */
                laser_style?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitBody"];
                "multipart/form-data": components["schemas"]["SubmitForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    generate_batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the work once, however often it is sent. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    list_ai_jobs: {
        parameters: {
            query?: {
                before?: number | null;
                limit?: number;
                state?: components["schemas"]["JobState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    get_ai_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    cancel_ai_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    list_ai_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
        };
    };
    optimize_for_laser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitBody"];
                "multipart/form-data": components["schemas"]["SubmitForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    enhance_laser_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaserPrompt"];
                };
            };
        };
    };
    list_prompt_templates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateList"];
                };
            };
        };
    };
    validate_laser_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptCheck"];
                };
            };
        };
    };
    vary_laser_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VariationsBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VariationList"];
                };
            };
        };
    };
    show_queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
        };
    };
    get_alerts: {
        parameters: {
            query?: {
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_AlertRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_breakers: {
        parameters: {
            query?: {
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_BreakerRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_budget_use: {
        parameters: {
            query?: {
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_BudgetRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_intents: {
        parameters: {
            query?: {
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_IntentRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_latency: {
        parameters: {
            query?: {
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                of?: components["schemas"]["Latency"];
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_LatencyRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_rates: {
        parameters: {
            query?: {
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_RateRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_refusals: {
        parameters: {
            query?: {
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_RefusalRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_requests: {
        parameters: {
            query?: {
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_RequestRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_satisfaction: {
        parameters: {
            query?: {
                by?: components["schemas"]["SatisfactionBy"][];
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_SatisfactionRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_spend: {
        parameters: {
            query?: {
                by?: components["schemas"]["SpendBy"][];
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_SpendRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    get_verdicts: {
        parameters: {
            query?: {
                /** @description Calendar days (UTC), today is the last. */
                days?: number;
                /** @description Without it, the header Accept decides; JSON where it leaves both open. */
                format?: ("json" | "csv") | null;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Table_VerdictRow_"];
                    "text/csv": string;
                };
            };
        };
    };
    list_assets: {
        parameters: {
            query?: {
                before?: number | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetList"];
                };
            };
        };
    };
    add_assets: {
        parameters: {
            query?: {
                /** @description File name of what is sent as the body. */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/*": string;
                "multipart/form-data": {
                    file?: string[];
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetList"];
                };
            };
        };
    };
    get_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetAnswer"];
                };
            };
        };
    };
    get_asset_content: {
        parameters: {
            query?: {
                /** @description As an attachment, pictures and clips too. */
                download?: boolean;
            };
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_asset_thumbnail: {
        parameters: {
            query?: {
                /** @description 128, 256, 512 or 1024 pixels at most. */
                side?: number;
            };
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_batches: {
        parameters: {
            query?: {
                before?: number | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchList"];
                };
            };
        };
    };
    create_batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the work once, however often it is sent. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchBody"];
                "multipart/form-data": components["schemas"]["BatchForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
        };
    };
    get_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
        };
    };
    get_batch_archive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
        };
    };
    cancel_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
        };
    };
    follow_batch: {
        parameters: {
            query?: {
                /** @description Begin behind this event. */
                after?: number;
            };
            header?: {
                /** @description What a browser sends to resume. */
                "last-event-id"?: string | null;
            };
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Server-sent events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description The story is over and was told before: do not come back. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_batch_items: {
        parameters: {
            query?: {
                /** @description Begin behind this number. */
                after?: number;
                limit?: number;
                state?: string | null;
            };
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchItemList"];
                };
            };
        };
    };
    pause_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
        };
    };
    resume_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResumeBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
        };
    };
    retry_failed_items: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
        };
    };
    plan_batch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchBody"];
                "multipart/form-data": components["schemas"]["BatchForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchPlan"];
                };
            };
        };
    };
    list_boards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BoardList"];
                };
            };
        };
    };
    create_board: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BoardBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    get_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    remove_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rename_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BoardBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    add_to_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetsBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    take_off_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetsBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    get_budgets: {
        parameters: {
            query?: {
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetList"];
                };
            };
        };
    };
    set_budget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
        };
    };
    remove_budget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budget_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    diagnose: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
        };
    };
    compare_enhanced: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnhancedBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["bottega__api__routes__enhanced__Comparison"];
                };
            };
        };
    };
    enhanced_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntentMetrics"];
                };
            };
        };
    };
    process_enhanced: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnhancedBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnhancedAnswer"];
                };
            };
        };
    };
    list_experiments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentList"];
                };
            };
        };
    };
    start_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExperimentBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredExperiment"];
                };
            };
        };
    };
    get_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredExperiment"];
                };
            };
        };
    };
    end_experiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredExperiment"];
                };
            };
        };
    };
    get_experiment_results: {
        parameters: {
            query?: {
                /** @description The smallest difference in acceptance that would decide anything. */
                matters?: number;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultsAnswer"];
                };
            };
        };
    };
    check_pictures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    garment?: string;
                    /** Format: binary */
                    person?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checks"];
                };
            };
        };
    };
    report_fit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FitBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    compose_outfits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LooksBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Looks"];
                };
            };
        };
    };
    recommend_pieces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PiecesBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pieces"];
                };
            };
        };
    };
    advise_on_size: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SizeBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    analyse_person: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description Show the picture to the vision model of the settings as well; it leaves this machine then. */
                    look?: boolean;
                    /** Format: binary */
                    person: string;
                    words?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    get_taste: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    list_feedback: {
        parameters: {
            query?: {
                before?: number | null;
                limit?: number;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackList"];
                };
            };
        };
    };
    give_feedback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feedback"];
                };
            };
        };
    };
    get_feedback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feedback"];
                };
            };
        };
    };
    take_back_feedback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_gallery: {
        parameters: {
            query?: {
                board?: string | null;
                cursor?: string | null;
                /** @description What is in the trash, and nothing else. */
                deleted?: boolean;
                kind?: ("upload" | "result") | null;
                limit?: number;
                media?: ("picture" | "clip" | "document") | null;
                model?: string;
                /** @description Words of prompt, name, model, workflow. */
                q?: string;
                /** @description Seconds since the Unix epoch. */
                since?: number | null;
                starred?: boolean | null;
                /** @description Seconds since the Unix epoch. */
                until?: number | null;
                workflow?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GalleryList"];
                };
            };
        };
    };
    get_gallery_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GalleryAnswer"];
                };
            };
        };
    };
    list_gallery_facets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GalleryFacets"];
                };
            };
        };
    };
    restore_assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetsBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrashAnswer"];
                };
            };
        };
    };
    star_assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StarBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrashAnswer"];
                };
            };
        };
    };
    trash_assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetsBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrashAnswer"];
                };
            };
        };
    };
    classify_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IntentBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Intent"];
                };
            };
        };
    };
    list_classes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassEntry"][];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                before?: number | null;
                limit?: number;
                state?: components["schemas"]["JobState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    submit_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key makes the work once, however often it is sent. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitBody"];
                "multipart/form-data": components["schemas"]["SubmitForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    follow_job: {
        parameters: {
            query?: {
                /** @description Begin behind this event. */
                after?: number;
            };
            header?: {
                /** @description What a browser sends to resume. */
                "last-event-id"?: string | null;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Server-sent events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description The story is over and was told before: do not come back. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                owner?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyAnswer"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_laser_materials: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaserChoices"];
                };
            };
        };
    };
    preview_laser_job: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaserPreview"];
                };
            };
        };
    };
    list_ledger: {
        parameters: {
            query?: {
                before?: number | null;
                job_id?: string | null;
                limit?: number;
                /** @description `all` needs the scope admin. */
                whose?: "own" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerList"];
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
        };
    };
    plan_request: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitBody"];
                "multipart/form-data": components["schemas"]["SubmitForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanAnswer"];
                };
            };
        };
    };
    get_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
        };
    };
    change_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
        };
    };
    get_privacy_terms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrivacyTerms"];
                };
            };
        };
    };
    erase_everything: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erased"];
                };
            };
        };
    };
    export_everything: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    search_products: {
        parameters: {
            query?: {
                brand?: string;
                category?: ("top" | "bottom" | "dress" | "outerwear" | "shoes" | "accessory" | "other") | null;
                /** @description A word or #rrggbb. */
                colour?: string;
                /** @description CIEDE2000. */
                colour_distance?: number;
                currency?: string;
                gender?: "female" | "male" | "unisex" | "";
                in_stock?: boolean;
                least_price?: number | string | null;
                /** @description A picture's asset: what looks most like it. */
                like?: string;
                limit?: number;
                most_price?: number | string | null;
                /** @description Such as: linen shirt under 50 EUR. */
                q?: string;
                /** @description The shop's name. */
                seller?: string;
                size?: string[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductList"];
                };
            };
        };
    };
    get_product: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product_id: string;
                seller: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    search_products_by_vector: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductList"];
                };
            };
        };
    };
    keep_vectors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VectorsBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorsKept"];
                };
            };
        };
    };
    list_references: {
        parameters: {
            query?: {
                kind?: components["schemas"]["ReferenceKind"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferenceList"];
                };
            };
        };
    };
    save_reference: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewReferenceBody"];
                "multipart/form-data": components["schemas"]["NewReferenceForm"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferenceAnswer"];
                };
            };
        };
    };
    get_reference: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferenceAnswer"];
                };
            };
        };
    };
    remove_reference: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_reference: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeReferenceBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferenceAnswer"];
                };
            };
        };
    };
    search_public_pictures: {
        parameters: {
            query: {
                limit?: number;
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebReferenceList"];
                };
            };
        };
    };
    suggest_references: {
        parameters: {
            query?: {
                limit?: number;
                /** @description What is typed so far, with or without the @. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReferenceList"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
        };
    };
    open_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_wardrobe: {
        parameters: {
            query?: {
                category?: ("top" | "bottom" | "dress" | "outerwear" | "shoes" | "accessory" | "other") | null;
                limit?: number;
                season?: ("spring" | "summer" | "autumn" | "winter") | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemList"];
                };
            };
        };
    };
    add_to_wardrobe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewItem"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WardrobeItem"];
                };
            };
        };
    };
    get_wardrobe_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WardrobeItem"];
                };
            };
        };
    };
    remove_from_wardrobe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_wardrobe_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemChange"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WardrobeItem"];
                };
            };
        };
    };
    list_workflows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowList"];
                };
            };
        };
    };
    get_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowAnswer"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The fault is on this side. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
        };
    };
}
