/** @file The worker's entry. */

import { worker } from './duty.js';

worker();
