/** @file The entry of a helper. */

import { aide } from './errand.js';

aide();
