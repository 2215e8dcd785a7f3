import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const backend = 'http://localhost:8083';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The polyfill would be an inline script in some setups; every supported browser has module preload.
    modulePreload: { polyfill: false },
    // The server's policy allows data: only for images, so nothing else may be inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: backend, ws: true },
      '/health': { target: backend },
    },
  },
});
