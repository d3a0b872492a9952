// biome-ignore-all lint/suspicious/noTemplateCurlyInString: electron-builder puts the processor in.
// What is packed for people, and how: an application in an archive whose content is checked, with what native code needs beside it.
// `npm run pack` builds it for this system; `npm run pack:list` says what would be inside.

/** What is packed for a platform, with its binaries alone; electron-builder itself puts the processor in. */
const filesFor = (platform) => [
  'package.json',
  'out/**',
  'resources/report/**',
  'resources/icons/icon.png',
  '!**/*.{map,d.ts,d.mts,d.cts,md,markdown,flow}',
  // What modules bring for compiling and installing themselves.
  '!node_modules/better-sqlite3/{build,deps,src,binding.gyp}',
  '!node_modules/onnxruntime-node/{script,lib}',
  '!node_modules/**/src/**/*.ts',
  // The page has its charts built in; the HTML report takes this one file.
  '!node_modules/echarts/!(package.json|LICENSE|NOTICE|dist)',
  '!node_modules/echarts/!(dist)/**',
  '!node_modules/echarts/dist/!(echarts.min.js)',
  '!node_modules/{tslib,zrender}/**',
  // Of the install scripts that are left out.
  '!node_modules/{node-addon-api,adm-zip,global-agent}/**',
  // The command line and the web host, which a packed Electron cannot run.
  '!out/main/{cli,web}.js',
  '!node_modules/commander/**',
  `!node_modules/onnxruntime-node/bin/*/!(${platform})/**`,
  '!node_modules/onnxruntime-node/bin/*/*/!(${arch})/**',
  `!node_modules/better-sqlite3/prebuilds/!(${platform}-\${arch}).node`,
  `!node_modules/@duckdb/node-bindings-!(${platform}-\${arch})/**`,
]

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.behavegpt.workbench',
  productName: 'BehaveGPT Workbench',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  // Native modules are made for Node-API, which Electron has: nothing is compiled here.
  npmRebuild: false,
  publish: null,
  asar: true,
  // The system's loader opens libraries and knows no archives.
  asarUnpack: ['**/*.node', '**/*.so', '**/*.so.*', '**/*.dylib', '**/*.dll'],
  electronLanguages: ['en', 'en-US', 'zh-CN', 'zh_CN'],
  // Closes every way in which another program could make this one run something else.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    files: filesFor('linux'),
    target: ['AppImage', 'deb'],
    icon: 'resources/icons/icon.png',
    category: 'Science',
    // File managers offer it for folders; those that are no workspace, the program ignores.
    mimeTypes: ['inode/directory'],
    synopsis: 'Foundation models of user behaviour, offline',
    // A deb package is refused without an address.
    maintainer: 'BehaveGPT Workbench contributors <maintainers@localhost>',
  },
  win: { files: filesFor('win32'), target: ['nsis'], icon: 'resources/icons/icon.png' },
  nsis: {
    oneClick: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false,
    // Offers the program in the menu of folders.
    include: 'resources/windows/installer.nsh',
  },
  mac: {
    files: filesFor('darwin'),
    target: ['dmg'],
    icon: 'resources/icons/icon.png',
    category: 'public.app-category.productivity',
    hardenedRuntime: true,
    // Workspace folders can be dropped onto the icon.
    extendInfo: {
      CFBundleDocumentTypes: [
        { CFBundleTypeName: 'Folder', CFBundleTypeRole: 'Editor', LSItemContentTypes: ['public.folder'] },
      ],
    },
  },
}
